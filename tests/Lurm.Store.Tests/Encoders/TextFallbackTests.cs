using Lurm.Store.Encoders;

namespace Lurm.Store.Tests.Encoders;

public sealed class TextFallbackTests
{
    [Fact]
    public void Features_do_not_depend_on_case_or_punctuation() =>
        Assert.Equal(TextFallback.GetFeatures("RED, Mug!", "Kitchen/Cups", 1 << 20), TextFallback.GetFeatures("red mug", "kitchen cups", 1 << 20));

    [Fact]
    public void A_title_gives_words_pairs_and_trigrams_and_a_category_itself_and_its_words()
    {
        // red, mug: 2 words + 1 pair + 3 + 3 trigrams; "a b": itself + 2 words.
        Assert.Equal(9 + 3, TextFallback.GetFeatures("red mug", "a b", 1 << 20).Count);
        Assert.Empty(TextFallback.GetFeatures(null, " - ", 16));
    }

    [Fact]
    public void Buckets_stay_what_an_independent_XxHash64_says() =>
        Assert.Equal([64, 31, 66, 45, 86, 33, 37, 96], TextFallback.GetFeatures("mug", "cup", 97).Concat(TextFallback.GetFeatures("x", null, 97)).ToArray());

    [Fact]
    public void A_text_of_learned_words_gets_a_unit_vector_and_an_unlearned_one_none()
    {
        const int Buckets = 1 << 12;
        var vectors = new float[Buckets * 2];
        foreach (var bucket in TextFallback.GetFeatures("mug", null, Buckets))
        {
            vectors[bucket * 2] = 3;
        }

        var fallback = new TextFallback(2, vectors);
        Span<float> vector = stackalloc float[2];

        Assert.True(fallback.TryGetVector("Mug", null, vector));
        Assert.Equal([1f, 0f], vector.ToArray());
        Assert.False(fallback.TryGetVector("zzz", null, vector));
        Assert.Equal([0f, 0f], vector.ToArray());
    }
}

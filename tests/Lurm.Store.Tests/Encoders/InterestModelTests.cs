using Lurm.Store.Encoders;

namespace Lurm.Store.Tests.Encoders;

public sealed class InterestModelTests
{
    private const int Buckets = 1 << 12;

    [Fact]
    public void A_known_item_has_its_interest_whatever_its_text()
    {
        Assert.True(Model(hasItemVectors: false).TryGetInterest("a", "mug", null, out var interest));
        Assert.Equal(1, interest);
    }

    [Fact]
    public void A_later_item_gets_the_interest_nearest_to_its_text()
    {
        Assert.True(Model(hasItemVectors: false).TryGetInterest("new", "Mug", null, out var interest));
        Assert.Equal(0, interest);
    }

    [Fact]
    public void A_later_item_gets_the_interest_nearest_to_its_own_vector_only_in_a_model_of_such_vectors()
    {
        Assert.True(Model(hasItemVectors: true).TryGetInterest("new", null, null, [0.1f, 0.9f], out var interest));
        Assert.Equal(1, interest);
        Assert.False(Model(hasItemVectors: false).TryGetInterest("new", null, null, [0.1f, 0.9f], out interest));
        Assert.Equal(-1, interest);
    }

    [Fact]
    public void An_item_of_which_nothing_is_known_has_none()
    {
        Assert.False(Model(hasItemVectors: true).TryGetInterest("new", null, null, out _));
        Assert.False(Models.Interests(1).TryGetInterest("new", "mug", null, out _));
    }

    [Fact]
    public void A_shape_that_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => InterestModel.Create(["x"], [1, 2], []));
        Assert.Throws<ArgumentException>(() => InterestModel.Create(["x"], [float.NaN], []));
        Assert.Throws<ArgumentException>(() => InterestModel.Create(["x"], [1], [KeyValuePair.Create("a", 1)]));
        Assert.Throws<ArgumentException>(() => InterestModel.Create(["x"], [1], [], 2, [1, 2, 3], false, null));
        Assert.Throws<ArgumentException>(() => InterestModel.Create(["x"], [1], [], 2, [1, 2], false, new TextFallback(3, new float[3])));
    }

    internal static InterestModel Model(bool hasItemVectors)
    {
        var vectors = new float[Buckets * 2];
        foreach (var bucket in TextFallback.GetFeatures("mug", null, Buckets))
        {
            vectors[bucket * 2] = 1;
        }

        return InterestModel.Create(["cups", "lamps"], [1, 0.5f], [KeyValuePair.Create("a", 1), KeyValuePair.Create("é", 0)], 2, [2, 0, 0, 3], hasItemVectors, new TextFallback(2, vectors));
    }
}

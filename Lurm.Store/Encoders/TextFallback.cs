using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics.Tensors;

namespace Lurm.Store.Encoders;

/// <summary>
/// Gives an item that training never saw a vector from its text: the sum of the vectors of its title's and category's n-grams, normalised.
/// </summary>
/// <remarks>
/// The one definition of the features, for training and serving alike. Text is lower-cased (invariant) and cut into words at every
/// character that is neither letter nor digit. Features: each word of the title (<c>w:</c>), each pair of neighbouring words (<c>b:</c>), each
/// character trigram of a word framed by <c>_</c> (<c>t:</c>), the whole category (<c>c:</c>) and each of its words (<c>d:</c>).
/// A feature's bucket is the XxHash64 of its UTF-8 bytes modulo the number of buckets. Immutable, any number of threads.
/// </remarks>
public sealed class TextFallback
{
    /// <summary>The longest text looked at, in characters; what follows is ignored.</summary>
    public const int MaxTextLength = 512;

    private readonly float[] _vectors;

    /// <summary>A fallback over learned vectors.</summary>
    /// <param name="dimensions">Components of a vector, those of the items' own vectors.</param>
    /// <param name="vectors">Row-major, shape [buckets × dimensions]; copied. A bucket nothing was learned of is all zeros.</param>
    public TextFallback(int dimensions, ReadOnlySpan<float> vectors)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        if (vectors.IsEmpty || vectors.Length % dimensions != 0)
        {
            throw new ArgumentException($"found {vectors.Length} components; expected a positive multiple of {dimensions}", nameof(vectors));
        }

        Dimensions = dimensions;
        _vectors = vectors.ToArray();
    }

    /// <summary>How many hash buckets there are.</summary>
    public int Buckets => _vectors.Length / Dimensions;

    /// <summary>Components of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>Row-major, shape [Buckets × Dimensions].</summary>
    public ReadOnlySpan<float> Vectors => _vectors;

    /// <summary>The buckets of an item's features, one per occurrence, in the text's order; empty without text.</summary>
    /// <param name="title">The item's title, if any.</param>
    /// <param name="category">The item's category, if any.</param>
    /// <param name="buckets">How many buckets there are.</param>
    public static IReadOnlyList<int> GetFeatures(string? title, string? category, int buckets)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(buckets);
        var features = new List<int>();
        var words = Words(title);
        for (var i = 0; i < words.Count; i++)
        {
            features.Add(Bucket("w:" + words[i], buckets));
            if (i > 0)
            {
                features.Add(Bucket($"b:{words[i - 1]} {words[i]}", buckets));
            }

            var framed = $"_{words[i]}_";
            for (var j = 0; j + 3 <= framed.Length; j++)
            {
                features.Add(Bucket(string.Concat("t:", framed.AsSpan(j, 3)), buckets));
            }
        }

        var categoryWords = Words(category);
        if (categoryWords.Count > 0)
        {
            features.Add(Bucket("c:" + string.Join(' ', categoryWords), buckets));
            features.AddRange(categoryWords.Select(word => Bucket("d:" + word, buckets)));
        }

        return features;
    }

    /// <summary>Fills <paramref name="vector"/> with the unit vector of an item's text; false (and zeros) where none of its features was learned.</summary>
    /// <param name="title">The item's title, if any.</param>
    /// <param name="category">The item's category, if any.</param>
    /// <param name="vector">Shape [Dimensions].</param>
    public bool TryGetVector(string? title, string? category, Span<float> vector)
    {
        if (vector.Length != Dimensions)
        {
            throw new ArgumentException($"found room for {vector.Length} components; expected {Dimensions}", nameof(vector));
        }

        vector.Clear();
        foreach (var bucket in GetFeatures(title, category, Buckets))
        {
            TensorPrimitives.Add(vector, _vectors.AsSpan(bucket * Dimensions, Dimensions), vector);
        }

        var norm = TensorPrimitives.Norm(vector);
        if (!(norm > 1e-12f))
        {
            vector.Clear();
            return false;
        }

        TensorPrimitives.Divide(vector, norm, vector);
        return true;
    }

    private static List<string> Words(string? text)
    {
        var words = new List<string>();
        if (string.IsNullOrEmpty(text))
        {
            return words;
        }

        var span = text.AsSpan(0, Math.Min(text.Length, MaxTextLength));
        var start = -1;
        for (var i = 0; i <= span.Length; i++)
        {
            if (i < span.Length && char.IsLetterOrDigit(span[i]))
            {
                start = start < 0 ? i : start;
                continue;
            }

            if (start >= 0)
            {
                words.Add(span[start..i].ToString().ToLowerInvariant());
                start = -1;
            }
        }

        return words;
    }

    private static int Bucket(string feature, int buckets)
    {
        Span<byte> hash = stackalloc byte[8];
        XxHash64.Hash(System.Text.Encoding.UTF8.GetBytes(feature), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)buckets);
    }
}

using System.Numerics.Tensors;

namespace Lurm.Store.Encoders;

/// <summary>Maps items to interests: what training saw by id, later items by their own vector or their text, the rest to no interest.</summary>
/// <remarks>Immutable, any number of threads.</remarks>
public sealed class InterestModel
{
    private readonly Dictionary<string, int> _items;
    private readonly string[] _labels;
    private readonly float[] _idf;
    private readonly float[] _centroids;

    private InterestModel(string[] labels, float[] idf, Dictionary<string, int> items, int dimensions, float[] centroids, bool hasItemVectors, TextFallback? text)
    {
        _labels = labels;
        _idf = idf;
        _items = items;
        _centroids = centroids;
        Dimensions = dimensions;
        HasItemVectors = hasItemVectors;
        Text = text;
    }

    /// <summary>How many interests there are.</summary>
    public int Count => _labels.Length;

    /// <summary>A readable name of each interest.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>Inverse document frequency of each interest: ln(users / users that have it), at least 0.</summary>
    public ReadOnlySpan<float> Idf => _idf;

    /// <summary>The interest of every item that training saw, by item id.</summary>
    public IReadOnlyDictionary<string, int> Items => _items;

    /// <summary>Components of an item vector; 0 where the model has no centroids.</summary>
    public int Dimensions { get; }

    /// <summary>Unit centroids, row-major, shape [Count × Dimensions]; empty where the model has none.</summary>
    public ReadOnlySpan<float> Centroids => _centroids;

    /// <summary>Whether the centroids live in the space of vectors that the user supplied, so that a new item's own vector finds its interest.</summary>
    public bool HasItemVectors { get; }

    /// <summary>Gives a vector to an item of which only text is known; none where training had no text.</summary>
    public TextFallback? Text { get; }

    /// <summary>Makes a model without centroids: an item that training did not see has no interest.</summary>
    /// <param name="labels">A readable name of each interest.</param>
    /// <param name="idf">Shape [labels.Count], finite and at least 0.</param>
    /// <param name="items">The interest of each item, by id.</param>
    public static InterestModel Create(IReadOnlyList<string> labels, ReadOnlySpan<float> idf, IEnumerable<KeyValuePair<string, int>> items) =>
        Create(labels, idf, items, 0, [], false, null);

    /// <summary>Makes a model with centroids.</summary>
    /// <param name="labels">A readable name of each interest.</param>
    /// <param name="idf">Shape [labels.Count], finite and at least 0.</param>
    /// <param name="items">The interest of each item, by id.</param>
    /// <param name="dimensions">Components of an item vector.</param>
    /// <param name="centroids">Row-major, shape [labels.Count × dimensions]; normalised on a copy.</param>
    /// <param name="hasItemVectors">Whether the centroids were learned from vectors that the user supplied.</param>
    /// <param name="text">The text fallback in the same space, if any.</param>
    /// <exception cref="ArgumentException">A shape or a value does not fit.</exception>
    public static InterestModel Create(IReadOnlyList<string> labels, ReadOnlySpan<float> idf, IEnumerable<KeyValuePair<string, int>> items, int dimensions, ReadOnlySpan<float> centroids, bool hasItemVectors, TextFallback? text)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfNegative(dimensions);
        if (labels.Count == 0)
        {
            throw new ArgumentException("found no interest; expected at least one", nameof(labels));
        }

        if (idf.Length != labels.Count || !IsFiniteAndNotNegative(idf))
        {
            throw new ArgumentException($"found {idf.Length} values; expected {labels.Count}, one per interest, finite and not negative", nameof(idf));
        }

        if (centroids.Length != (long)labels.Count * dimensions)
        {
            throw new ArgumentException($"found {centroids.Length} components; expected {labels.Count} × {dimensions}", nameof(centroids));
        }

        if (text is not null && text.Dimensions != dimensions)
        {
            throw new ArgumentException($"found text vectors of {text.Dimensions} components; expected {dimensions}, as the centroids have", nameof(text));
        }

        var byId = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, interest) in items)
        {
            if ((uint)interest >= (uint)labels.Count)
            {
                throw new ArgumentException($"item '{id}' has interest {interest}; expected 0 to {labels.Count - 1}", nameof(items));
            }

            byId.Add(id, interest);
        }

        var unit = centroids.ToArray();
        for (var k = 0; dimensions > 0 && k < labels.Count; k++)
        {
            var row = unit.AsSpan(k * dimensions, dimensions);
            var norm = TensorPrimitives.Norm(row);
            if (norm > 0 && Math.Abs(norm - 1) > 1e-6f)
            {
                TensorPrimitives.Divide(row, norm, row);
            }
        }

        return new InterestModel([.. labels], idf.ToArray(), byId, dimensions, unit, hasItemVectors && dimensions > 0, text);
    }

    /// <summary>The interest of an item; false where nothing is known of it.</summary>
    /// <param name="itemId">The caller's id.</param>
    /// <param name="title">Its title, if any.</param>
    /// <param name="category">Its category, if any.</param>
    /// <param name="interest">0 to Count − 1; −1 where false is returned.</param>
    /// <remarks>An item that training saw costs one look-up, another one a pass over the centroids.</remarks>
    public bool TryGetInterest(string itemId, string? title, string? category, out int interest) =>
        TryGetInterest(itemId, title, category, [], out interest);

    /// <summary>As the other overload; <paramref name="vector"/> is the item's own vector, empty where it has none.</summary>
    /// <param name="itemId">The caller's id.</param>
    /// <param name="title">Its title, if any.</param>
    /// <param name="category">Its category, if any.</param>
    /// <param name="vector">Used where <see cref="HasItemVectors"/> and its length is <see cref="Dimensions"/>.</param>
    /// <param name="interest">0 to Count − 1; −1 where false is returned.</param>
    public bool TryGetInterest(string itemId, string? title, string? category, ReadOnlySpan<float> vector, out int interest)
    {
        ArgumentNullException.ThrowIfNull(itemId);
        if (_items.TryGetValue(itemId, out interest))
        {
            return true;
        }

        interest = -1;
        if (HasItemVectors && vector.Length == Dimensions)
        {
            interest = Nearest(vector);
            return interest >= 0;
        }

        if (Text is null)
        {
            return false;
        }

        Span<float> derived = stackalloc float[Dimensions];
        if (!Text.TryGetVector(title, category, derived))
        {
            return false;
        }

        interest = Nearest(derived);
        return interest >= 0;
    }

    /// <summary>The table that <see cref="BagBuilder"/> takes: entry i is the interest of the item with row number i, −1 where it has none.</summary>
    /// <param name="items">The catalogue.</param>
    /// <param name="cancellationToken">Checked once per item.</param>
    public int[] MapItems(IReadOnlyList<ItemRecord> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        var table = new int[items.Count == 0 ? 0 : items.Max(item => item.Key) + 1];
        Array.Fill(table, -1);
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryGetInterest(item.Id, item.Title, item.Category, item.Vector.Span, out var interest))
            {
                table[item.Key] = interest;
            }
        }

        return table;
    }

    private int Nearest(ReadOnlySpan<float> vector)
    {
        var best = -1;
        var bestDot = 0f;
        for (var k = 0; k < Count; k++)
        {
            var dot = TensorPrimitives.Dot(vector, _centroids.AsSpan(k * Dimensions, Dimensions));
            if (dot > bestDot)
            {
                (best, bestDot) = (k, dot);
            }
        }

        return best;
    }

    private static bool IsFiniteAndNotNegative(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!(value >= 0) || float.IsInfinity(value))
            {
                return false;
            }
        }

        return true;
    }
}

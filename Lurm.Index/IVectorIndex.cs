namespace Lurm.Index;

/// <summary>Vectors by key, searched by inner product.</summary>
public interface IVectorIndex
{
    /// <summary>Length of every vector, in components.</summary>
    int Dimensions { get; }

    /// <summary>How many live vectors it holds.</summary>
    int Count { get; }

    /// <summary>Whether <paramref name="key"/> has a live vector.</summary>
    bool Contains(long key);

    /// <summary>Copies the vector of <paramref name="key"/>; false if it has none.</summary>
    bool TryGetVector(long key, Span<float> vector);

    /// <summary>Adds or replaces the vector of <paramref name="key"/>.</summary>
    void Upsert(long key, ReadOnlySpan<float> vector);

    /// <summary>Removes <paramref name="key"/>; false if it was not there.</summary>
    bool Remove(long key);

    /// <summary>Fills <paramref name="hits"/> with the nearest live vectors, nearest first; returns how many were written.</summary>
    int Search(ReadOnlySpan<float> query, Span<Neighbor> hits, int ef, CancellationToken cancellationToken = default);

    /// <summary>As the other overload, over the keys that <paramref name="filter"/> passes; always min(k, matches) results.</summary>
    FilteredSearch Search(ReadOnlySpan<float> query, Span<Neighbor> hits, int ef, VectorFilter filter, CancellationToken cancellationToken = default);
}

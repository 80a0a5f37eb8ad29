namespace Lurm.Index;

/// <summary>Approximate nearest neighbours by a hierarchical navigable small-world graph (arXiv:1603.09320).</summary>
public sealed class HnswIndex : IVectorIndex, IDisposable
{
    /// <summary>An empty index.</summary>
    public HnswIndex(HnswOptions options) => Options = options;

    /// <summary>What it was built with.</summary>
    public HnswOptions Options { get; }

    /// <inheritdoc/>
    public int Dimensions => Options.Dimensions;

    /// <inheritdoc/>
    public int Count => throw new NotImplementedException();

    /// <summary>Builds an index over <paramref name="vectors"/>, row i belonging to <c>keys[i]</c>.</summary>
    /// <param name="options">What to build with.</param>
    /// <param name="keys">One key per row, all different.</param>
    /// <param name="vectors">Row-major, shape [keys.Length × Dimensions].</param>
    /// <param name="threads">Worker threads; 1 gives the same graph every time.</param>
    /// <param name="progress">Told how many rows stand.</param>
    /// <param name="cancellationToken">Checked once per row.</param>
    public static HnswIndex Build(HnswOptions options, ReadOnlyMemory<long> keys, ReadOnlyMemory<float> vectors, int threads = 1, IProgress<int>? progress = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Opens a snapshot that <see cref="Save"/> wrote.</summary>
    public static HnswIndex Open(string path, string? expectedModelId = null) => throw new NotImplementedException();

    /// <summary>Writes a snapshot to a temporary file beside <paramref name="path"/>, fsyncs and renames it.</summary>
    public void Save(string path, string modelId, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool Contains(long key) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool TryGetVector(long key, Span<float> vector) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Upsert(long key, ReadOnlySpan<float> vector) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool Remove(long key) => throw new NotImplementedException();

    /// <inheritdoc/>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> hits, int ef, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public FilteredSearch Search(ReadOnlySpan<float> query, Span<Neighbor> hits, int ef, VectorFilter filter, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Scores every live vector against <paramref name="query"/> and keeps the best, best first.</summary>
    public int Scan(ReadOnlySpan<float> query, Span<Neighbor> hits, VectorFilter? filter = null, int threads = 1, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}

using Lurm.Index.Graph;
using Lurm.Index.Quantization;
using Lurm.Index.Snapshots;

namespace Lurm.Index;

/// <content>Snapshots.</content>
public sealed unsafe partial class HnswIndex
{
    /// <summary>Opens a snapshot that <see cref="Save"/> wrote, by memory map.</summary>
    /// <param name="path">The file; it must stay as it is while the index lives (replacing it by rename or deleting it is fine).</param>
    /// <param name="expectedModelId">The model it must be of; any, if null.</param>
    /// <returns>An index that can be searched at once, and changed: the first change copies the file into memory.</returns>
    /// <exception cref="IndexException">
    /// The file is missing (<see cref="IndexFault.Unavailable"/>), of another format, version or model
    /// (<see cref="IndexFault.Incompatible"/>) or damaged (<see cref="IndexFault.Corrupt"/>). Header, options and graph are verified
    /// here; vectors in blocks of 1 MiB when first touched, so a search may throw <see cref="IndexFault.Corrupt"/> too.
    /// </exception>
    public static HnswIndex Open(string path, string? expectedModelId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var snapshot = new Snapshot(path);
        GraphBlocks? blocks = null;
        try
        {
            if (expectedModelId is not null && snapshot.ModelId != expectedModelId)
            {
                throw new IndexException(IndexFault.Incompatible, $"'{path}' was built for model '{snapshot.ModelId}'; expected is '{expectedModelId}'. Build the index again for that model.");
            }

            Int8Scales? scales = null;
            if (snapshot.Options.Storage == VectorStorage.Int8)
            {
                scales = new Int8Scales(new ReadOnlySpan<float>(snapshot.Section(SectionKind.Steps), snapshot.Options.Dimensions).ToArray());
            }

            blocks = new GraphBlocks(snapshot.Options, snapshot, scales);
            var index = new HnswIndex(snapshot.Options, blocks) { ModelId = snapshot.ModelId };
            index._nextFit = (int)Math.Min(int.MaxValue, Math.Max(256, snapshot.Rows * 8L));
            index.MapKeys(blocks);
            return index;
        }
        catch (Exception e)
        {
            blocks?.Dispose();
            snapshot.Dispose();
            throw e is ArgumentException ? SnapshotHeader.Corrupt(path, e.Message) : e;
        }
    }

    /// <summary>The model of the snapshot it was opened from; null for one that was not.</summary>
    public string? ModelId { get; private init; }

    /// <summary>Writes a snapshot to a temporary file beside <paramref name="path"/>, fsyncs and renames it.</summary>
    /// <param name="path">Where; what was there is replaced, and a process that has it open keeps its own.</param>
    /// <param name="modelId">The model of the vectors, up to 1,024 bytes of UTF-8; <see cref="Open"/> can ask for it.</param>
    /// <param name="cancellationToken">Checked once per MiB; a cancelled save leaves what was there.</param>
    /// <remarks>Writers wait, searches do not. Removed vectors are not in the file: the index is compacted first.</remarks>
    /// <exception cref="IndexException">The file could not be written (<see cref="IndexFault.Unavailable"/>).</exception>
    public void Save(string path, string modelId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(modelId);
        lock (_writeLock)
        {
            if (!IsCompact(_pool.Current))
            {
                CompactLocked();
            }

            // Rows of an older format are laid out otherwise: they are copied into memory first.
            var blocks = _pool.Current.Shape == new RowShape(Options) ? _pool.Current : Writable();
            blocks.Snapshot?.CheckAll();
            SnapshotWriter.Write(blocks, path, modelId, cancellationToken);
        }
    }

    /// <summary>Verifies an opened snapshot as a whole and copies it into memory on large pages; does nothing to an index that is there already.</summary>
    /// <remarks>
    /// Searches go on meanwhile, on the map, and use the copy once it stands: walks over large pages are faster. Costs the index's size
    /// in memory. Meant for a background thread after <see cref="Open"/>.
    /// </remarks>
    /// <exception cref="IndexException">The file is damaged (<see cref="IndexFault.Corrupt"/>), or the memory could not be had.</exception>
    public void WarmUp()
    {
        lock (_writeLock)
        {
            _ = Writable();
        }
    }

    /// <summary>Verifies everything that <see cref="Open"/> left for the first touch.</summary>
    /// <exception cref="IndexException">The file is damaged (<see cref="IndexFault.Corrupt"/>).</exception>
    public void Check()
    {
        var state = _pool.Rent();
        try
        {
            state.Blocks!.Snapshot?.CheckAll();
        }
        finally
        {
            _pool.Return(state);
        }
    }

    /// <summary>Whether the blocks are as a file has them: no free slots, upper lists in the order of their rows.</summary>
    private bool IsCompact(GraphBlocks blocks)
    {
        var lists = 0;
        for (var slot = 0; slot < blocks.Used && _free.Count + _limbo.Count == 0; slot++)
        {
            if (blocks.LevelOf(slot) > 0 && blocks.UpperStart[slot] != lists)
            {
                return false;
            }

            lists += blocks.LevelOf(slot);
        }

        return _free.Count + _limbo.Count == 0 && lists == blocks.UpperUsed;
    }

    /// <summary>The current blocks, in memory that may be written: a mapped snapshot is copied first.</summary>
    private GraphBlocks Writable()
    {
        var blocks = _pool.Current;
        return blocks.Snapshot is null ? blocks : Grow(blocks, Math.Max(SmallestCapacity, blocks.Capacity), blocks.UpperCapacity + 8);
    }
}

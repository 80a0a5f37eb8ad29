using Lurm.Index.Distances;

namespace Lurm.Index.Graph;

/// <summary>The algorithms over <see cref="GraphBlocks"/>; one implementation per kernel, chosen once per index.</summary>
/// <remarks>Maps to arXiv:1603.09320: <see cref="Walk"/> is algorithm 2, <see cref="Descend"/> lines 4-6 of algorithm 5, <see cref="Link"/> algorithm 1 with the heuristic of algorithm 4.</remarks>
internal abstract unsafe class GraphEngine
{
    /// <summary>Name of the kernel.</summary>
    public abstract string KernelName { get; }

    /// <summary>The engine of this storage with the widest kernels the machine has.</summary>
    public static GraphEngine For(VectorStorage storage)
    {
        if (Float32Avx512.IsSupported)
        {
            return storage switch
            {
                VectorStorage.Int8 => new GraphEngine<Int8Avx512, Float32Avx512>(),
                VectorStorage.Float16 => new GraphEngine<Float16Avx512, Float32Avx512>(),
                _ => new GraphEngine<Float32Avx512, Float32Avx512>(),
            };
        }

        if (Float32Avx2.IsSupported)
        {
            return storage switch
            {
                VectorStorage.Int8 => new GraphEngine<Int8Avx2, Float32Avx2>(),
                VectorStorage.Float16 => new GraphEngine<Float16Avx2, Float32Avx2>(),
                _ => new GraphEngine<Float32Avx2, Float32Avx2>(),
            };
        }

        if (Int8Vector128.IsSupported)
        {
            return storage switch
            {
                VectorStorage.Int8 => new GraphEngine<Int8Vector128, Float32Vector128>(),
                VectorStorage.Float16 => new GraphEngine<Float16Vector128, Float32Vector128>(),
                _ => new GraphEngine<Float32Vector128, Float32Vector128>(),
            };
        }

        return storage switch
        {
            VectorStorage.Int8 => new GraphEngine<Int8Scalar, Float32Scalar>(),
            VectorStorage.Float16 => new GraphEngine<Float16Scalar, Float32Scalar>(),
            _ => new GraphEngine<Float32Scalar, Float32Scalar>(),
        };
    }

    /// <summary>The exact inner product of two float32 rows.</summary>
    public abstract float ExactScore(GraphBlocks g, float* query, int slot);

    /// <summary>Greedy descent from <paramref name="entry"/> to level <paramref name="level"/> + 1; the nearest slot found, and its score to the prepared query.</summary>
    public abstract int Descend(GraphBlocks g, SearchState s, int entry, int level, out float score);

    /// <summary>Beam search of one layer from one slot; fills the state's list, best first.</summary>
    public abstract void Walk(GraphBlocks g, SearchState s, int start, float startScore, int level, int ef, CancellationToken cancellationToken);

    /// <summary>Replaces the approximate scores of the first <paramref name="depth"/> entries of the list by exact ones and sorts them; nothing to do where the walk was exact.</summary>
    public abstract void Rerank(GraphBlocks g, SearchState s, int depth);

    /// <summary>Links a slot, whose vector, key and level are set, into the graph.</summary>
    /// <remarks><paramref name="locks"/> guard link lists where several threads link; null where one does.</remarks>
    public abstract void Link(GraphBlocks g, SearchState s, int slot, LinkLocks? locks, CancellationToken cancellationToken);

    /// <summary>Takes a slot out of every list that can be found, each in-linker getting the best of the slot's own links instead.</summary>
    public abstract void Unlink(GraphBlocks g, SearchState s, int slot);

    /// <summary>Makes every live slot reachable on layer 0 from the entry point; returns how many were not.</summary>
    public abstract int Reconnect(GraphBlocks g, SearchState s, CancellationToken cancellationToken);

    /// <summary>Walk-kernel scores of the slots [first, first + count) into <paramref name="scores"/>.</summary>
    public abstract void ScoreRange(GraphBlocks g, SearchState s, int first, int count, float* scores);

    /// <summary>Exact scores of the given slots into <paramref name="scores"/>.</summary>
    public abstract void ScoreSlots(GraphBlocks g, SearchState s, int* slots, int count, float* scores);
}

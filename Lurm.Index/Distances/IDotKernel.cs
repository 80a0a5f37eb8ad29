namespace Lurm.Index.Distances;

/// <summary>Inner products of one prepared query with stored vectors; a struct, so that the walk is compiled once per kernel without virtual calls.</summary>
/// <remarks>
/// The query is prepared by the storage's encoder: float32 for <see cref="VectorStorage.Float32"/>, float32 scaled by 2^112 for
/// <see cref="VectorStorage.Float16"/>, int16 for <see cref="VectorStorage.Int8"/>. Lengths are multiples of 16 components, padded with
/// zeros, so no kernel has code for single components. Results of one storage are comparable with each other only.
/// </remarks>
internal unsafe interface IDotKernel
{
    /// <summary>Name in tests and benchmarks.</summary>
    static abstract string Name { get; }

    /// <summary>Whether this machine can run it.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The inner product of <paramref name="query"/> and <paramref name="vector"/>.</summary>
    /// <param name="query">The prepared query, <paramref name="length"/> components.</param>
    /// <param name="vector">The stored vector, <paramref name="length"/> components.</param>
    /// <param name="length">Padded length, in components.</param>
    static abstract float Dot(byte* query, byte* vector, int length);

    /// <summary>The inner products of <paramref name="query"/> with four vectors, into <paramref name="scores"/>.</summary>
    static abstract void Dot4(byte* query, byte* a, byte* b, byte* c, byte* d, int length, float* scores);
}

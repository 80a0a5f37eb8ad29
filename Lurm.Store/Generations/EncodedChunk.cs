namespace Lurm.Store.Generations;

/// <summary>Representations of a chunk's users, row i of user i; a user without one is marked.</summary>
internal sealed class EncodedChunk(long sequence, long[] users, int dimensions)
{
    public long Sequence { get; } = sequence;

    public long[] Users { get; } = users;

    /// <summary>Row-major, shape [Users × dimensions].</summary>
    public float[] Vectors { get; } = new float[users.Length * dimensions];

    /// <summary>True where the user's history holds no interest of the model.</summary>
    public bool[] IsZero { get; } = new bool[users.Length];

    public ReadOnlySpan<float> Vector(int index) => Vectors.AsSpan(index * dimensions, dimensions);
}

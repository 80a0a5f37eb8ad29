namespace Lurm.Store.Generations;

/// <summary>Representations of a chunk's users, row i of user i; a user without one is marked. Used again and again.</summary>
internal sealed class EncodedChunk(int dimensions)
{
    private long[] _users = [];
    private float[] _vectors = [];
    private bool[] _isZero = [];

    public long Sequence { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<long> Users => _users.AsSpan(0, Count);

    /// <summary>True where the user's history holds no interest of the model.</summary>
    public Span<bool> IsZero => _isZero.AsSpan(0, Count);

    public Span<float> Vector(int index) => _vectors.AsSpan(index * dimensions, dimensions);

    /// <summary>Becomes the chunk of these users; every vector is still to be written.</summary>
    public EncodedChunk Begin(long sequence, ReadOnlySpan<long> users)
    {
        Sequence = sequence;
        Count = users.Length;
        if (_users.Length < Count)
        {
            _users = new long[HistoryChunk.MaxUsers];
            _vectors = new float[HistoryChunk.MaxUsers * dimensions];
            _isZero = new bool[HistoryChunk.MaxUsers];
        }

        users.CopyTo(_users);
        IsZero.Clear();
        return this;
    }
}

using System.Buffers;

namespace Lurm.Api.OData;

/// <summary>The rows of one answer, in a rented buffer; given back by disposing.</summary>
internal sealed class RenderedRows(int count) : IDisposable
{
    /// <summary>A row of few attributes; the buffer grows where they are longer.</summary>
    private const int UsualRowBytes = 300;

    private readonly (int Start, int Length)[] _rows = new (int, int)[count];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent((count + 1) * UsualRowBytes);
    private int _filled;

    /// <summary>Bytes of all rows.</summary>
    public int Bytes => _filled;

    /// <summary>The row of the i-th user; empty where there is no such user any more.</summary>
    public ReadOnlySpan<byte> this[int i] => _bytes.AsSpan(_rows[i].Start, _rows[i].Length);

    /// <summary>Takes the i-th user's row from a ring, if it is there.</summary>
    public bool TryTake(int i, long key, RowRing ring)
    {
        int length;
        while (!ring.TryCopy(key, _bytes.AsSpan(_filled), out length))
        {
            if (length <= _bytes.Length - _filled)
            {
                return false;
            }

            Reserve(length);
        }

        Count(i, length);
        return true;
    }

    /// <summary>Adds the i-th user's row.</summary>
    public void Add(int i, ReadOnlySpan<byte> row)
    {
        Reserve(row.Length);
        row.CopyTo(_bytes.AsSpan(_filled));
        Count(i, row.Length);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Count(int i, int length)
    {
        _rows[i] = (_filled, length);
        _filled += length;
    }

    private void Reserve(int bytes)
    {
        if (_filled + bytes <= _bytes.Length)
        {
            return;
        }

        var longer = ArrayPool<byte>.Shared.Rent(Math.Max(_filled + bytes, 2 * _bytes.Length));
        _bytes.AsSpan(0, _filled).CopyTo(longer);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = longer;
    }
}

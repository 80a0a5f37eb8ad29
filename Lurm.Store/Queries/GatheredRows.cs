using System.Buffers;

namespace Lurm.Store.Queries;

/// <summary>Rows of a matrix behind each other, in a rented array: megabytes a query, which would each time be large objects that only a full collection frees. Dispose it after the fit.</summary>
internal sealed class GatheredRows(int length) : IDisposable
{
    private float[] _rented = ArrayPool<float>.Shared.Rent(length);

    public Span<float> Span => _rented.AsSpan(0, length);

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_rented);
        _rented = [];
        length = 0;
    }
}

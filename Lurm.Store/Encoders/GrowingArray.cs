namespace Lurm.Store.Encoders;

/// <summary>A list whose storage is kept when it is cleared and can be seen as a span.</summary>
internal sealed class GrowingArray<T>
    where T : unmanaged
{
    private T[] _items = new T[64];

    public int Count { get; private set; }

    public Span<T> Span => _items.AsSpan(0, Count);

    /// <summary>The storage; its first <see cref="Count"/> items count.</summary>
    public T[] Items => _items;

    public void Add(T item)
    {
        Reserve(1);
        _items[Count++] = item;
    }

    public void Add(ReadOnlySpan<T> items)
    {
        Reserve(items.Length);
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    /// <summary>Sets the length and zeroes everything.</summary>
    public Span<T> Reset(int count)
    {
        if (_items.Length < count)
        {
            _items = new T[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count)];
        }

        Count = count;
        Span.Clear();
        return Span;
    }

    public void Clear() => Count = 0;

    private void Reserve(int more)
    {
        if (Count + more > _items.Length)
        {
            Array.Resize(ref _items, Math.Max(Count + more, _items.Length * 2));
        }
    }
}

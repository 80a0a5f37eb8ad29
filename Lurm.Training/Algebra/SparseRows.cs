using System.Numerics.Tensors;

namespace Lurm.Training.Algebra;

/// <summary>A sparse matrix by rows (CSR) that only grows at its end.</summary>
internal sealed class SparseRows(int columns)
{
    private long[] _starts = new long[1024];
    private int[] _keys = new int[4096];
    private float[] _values = new float[4096];

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>Columns.</summary>
    public int Columns { get; } = columns;

    /// <summary>Entries so far.</summary>
    public long NonZeros => _starts[Count];

    /// <summary>Columns of row <paramref name="row"/>'s entries.</summary>
    public ReadOnlySpan<int> Keys(int row) => _keys.AsSpan((int)_starts[row], (int)(_starts[row + 1] - _starts[row]));

    /// <summary>Values of row <paramref name="row"/>'s entries.</summary>
    public ReadOnlySpan<float> Values(int row) => _values.AsSpan((int)_starts[row], (int)(_starts[row + 1] - _starts[row]));

    /// <summary>Appends a row.</summary>
    public void Add(ReadOnlySpan<int> keys, ReadOnlySpan<float> values)
    {
        var start = _starts[Count];
        var end = start + keys.Length;
        if (end > Array.MaxLength)
        {
            throw new TrainingException(TrainingFault.Invalid, $"found more than {Array.MaxLength:N0} bag entries; train on fewer users with --max-users.");
        }

        if (end > _keys.Length)
        {
            var size = (int)Math.Min(Array.MaxLength, Math.Max(end, _keys.Length * 2L));
            Array.Resize(ref _keys, size);
            Array.Resize(ref _values, size);
        }

        if (Count + 1 == _starts.Length)
        {
            Array.Resize(ref _starts, _starts.Length * 2);
        }

        keys.CopyTo(_keys.AsSpan((int)start));
        values.CopyTo(_values.AsSpan((int)start));
        _starts[++Count] = end;
    }

    /// <summary>Only these rows, in this order.</summary>
    public SparseRows Select(ReadOnlySpan<int> rows)
    {
        var selected = new SparseRows(Columns);
        foreach (var row in rows)
        {
            selected.Add(Keys(row), Values(row));
        }

        return selected;
    }

    /// <summary>Rows and columns exchanged.</summary>
    public SparseRows Transpose()
    {
        var next = new long[Columns + 1];
        for (var i = 0; i < NonZeros; i++)
        {
            next[_keys[i] + 1]++;
        }

        for (var column = 0; column < Columns; column++)
        {
            next[column + 1] += next[column];
        }

        var transposed = new SparseRows(Count) { _keys = new int[NonZeros], _values = new float[NonZeros], _starts = (long[])next.Clone(), Count = Columns };
        for (var row = 0; row < Count; row++)
        {
            for (var i = _starts[row]; i < _starts[row + 1]; i++)
            {
                var at = next[_keys[i]]++;
                (transposed._keys[at], transposed._values[at]) = (row, _values[i]);
            }
        }

        return transposed;
    }

    /// <summary>Row <paramref name="row"/> times a dense matrix of shape [Columns × width], into <paramref name="product"/>.</summary>
    public void MultiplyRow(int row, ReadOnlySpan<float> dense, Span<float> product)
    {
        var width = product.Length;
        product.Clear();
        var keys = Keys(row);
        var values = Values(row);
        for (var i = 0; i < keys.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(dense.Slice(keys[i] * width, width), values[i], product, product);
        }
    }

    /// <summary>The matrix times a dense one of shape [Columns × width]; shape [Count × width].</summary>
    public float[] Multiply(float[] dense, int width)
    {
        var product = new float[(long)Count * width];
        Parallel.For(0, Count, row => MultiplyRow(row, dense, product.AsSpan(row * width, width)));
        return product;
    }
}

namespace Lurm.Store.Encoders;

/// <summary>Growing storage of one bag input of one user; see <see cref="UserBag"/> for the layout.</summary>
internal sealed class BagBuffer
{
    private int[] _starts = new int[17];
    private int[] _ages = new int[16];
    private int _parts;

    public int[] Keys { get; private set; } = new int[64];

    public float[] Values { get; private set; } = new float[64];

    public int Length { get; private set; }

    public float Gate { get; set; }

    public void Clear() => (Length, _parts, Gate) = (0, 0, 1f);

    /// <summary>Makes room for <paramref name="more"/> keys after <see cref="Length"/>.</summary>
    public void Reserve(int more)
    {
        if (Length + more <= Keys.Length)
        {
            return;
        }

        var size = Math.Max(Length + more, Keys.Length * 2);
        var (keys, values) = (Keys, Values);
        Array.Resize(ref keys, size);
        Array.Resize(ref values, size);
        (Keys, Values) = (keys, values);
    }

    /// <summary>Closes a part that ends before <paramref name="length"/>.</summary>
    public void EndPart(int length, int age)
    {
        if (_parts == _ages.Length)
        {
            Array.Resize(ref _ages, _parts * 2);
            Array.Resize(ref _starts, (_parts * 2) + 1);
        }

        _ages[_parts++] = age;
        _starts[_parts] = length;
        Length = length;
    }

    public UserBag View() =>
        new(Keys.AsSpan(0, Length), Values.AsSpan(0, Length), _starts.AsSpan(0, _parts + 1), _ages.AsSpan(0, _parts), Gate);
}

namespace Lurm.Store.Encoders;

/// <summary>One bag input of the users of a batch, packed: user u owns parts [UserParts[u], UserParts[u + 1]), part p owns keys [PartStarts[p], PartStarts[p + 1]).</summary>
internal sealed class BagColumn
{
    private readonly GrowingArray<int> _keys = new();
    private readonly GrowingArray<float> _values = new();
    private readonly GrowingArray<int> _partStarts = new();
    private readonly GrowingArray<int> _ages = new();
    private readonly GrowingArray<int> _userParts = new();
    private readonly GrowingArray<float> _gates = new();

    public BagColumn() => Clear();

    public ReadOnlySpan<int> Keys => _keys.Span;

    public ReadOnlySpan<float> Values => _values.Span;

    public ReadOnlySpan<int> PartStarts => _partStarts.Span;

    public ReadOnlySpan<int> Ages => _ages.Span;

    public ReadOnlySpan<int> UserParts => _userParts.Span;

    public ReadOnlySpan<float> Gates => _gates.Span;

    /// <summary>Most parts of any user.</summary>
    public int MaxParts { get; private set; }

    /// <summary>Most keys of any part.</summary>
    public int MaxKeys { get; private set; }

    /// <summary>Keys and values of a user in a bag of one part.</summary>
    public BagPart Part(int user)
    {
        var (start, end) = (PartStarts[UserParts[user]], PartStarts[UserParts[user + 1]]);
        return new BagPart(Keys[start..], Values[start..end]);
    }

    public void Add(UserBag bag)
    {
        var first = _keys.Count;
        _keys.Add(bag.Keys);
        _values.Add(bag.Values);
        _ages.Add(bag.Ages);
        for (var part = 0; part < bag.Parts; part++)
        {
            _partStarts.Add(first + bag.Starts[part + 1]);
            MaxKeys = Math.Max(MaxKeys, bag.Starts[part + 1] - bag.Starts[part]);
        }

        MaxParts = Math.Max(MaxParts, bag.Parts);
        _userParts.Add(_partStarts.Count - 1);
        _gates.Add(bag.Gate);
    }

    public void Clear()
    {
        _keys.Clear();
        _values.Clear();
        _partStarts.Clear();
        _ages.Clear();
        _userParts.Clear();
        _gates.Clear();
        _partStarts.Add(0);
        _userParts.Add(0);
        (MaxParts, MaxKeys) = (0, 0);
    }
}

/// <summary>One part of a bag.</summary>
internal readonly ref struct BagPart(ReadOnlySpan<int> keysFrom, ReadOnlySpan<float> values)
{
    /// <summary>Its keys, and behind them those of the users after it.</summary>
    public ReadOnlySpan<int> KeysFrom { get; } = keysFrom;

    /// <summary>Its keys.</summary>
    public ReadOnlySpan<int> Keys => KeysFrom[..Values.Length];

    /// <summary>One a key.</summary>
    public ReadOnlySpan<float> Values { get; } = values;
}

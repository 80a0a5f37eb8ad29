using System.Runtime.CompilerServices;
using System.Text;
using Lurm.Store.Attributes;

namespace Lurm.Store.Ingestion;

/// <summary>One attribute of a batch: its distinct values, and the latest of each user.</summary>
internal sealed class BatchAttribute(string name, AttributeType type)
{
    private readonly Utf8Interner _texts = new();
    private readonly List<AttributeValue> _values = [];
    private (long Seconds, int Value)[] _latest = [];

    public string Name { get; } = name;

    public AttributeType Type { get; } = type;

    /// <summary>The distinct values as they were written.</summary>
    public Utf8Interner Texts => _texts;

    /// <summary>The ordinal of a value, or -1 for empty text, which says nothing.</summary>
    /// <exception cref="RowException">It is not of the attribute's type.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Value(ReadOnlySpan<byte> text, string column)
    {
        if (text.IsEmpty)
        {
            return -1;
        }

        var ordinal = _texts.Find(text, out var hash);
        if (ordinal >= 0)
        {
            return ordinal;
        }

        if (text.Length > AttributeValue.MaxTextBytes)
        {
            throw new RowException(column, $"{text.Length} bytes", $"at most {AttributeValue.MaxTextBytes}");
        }

        if (!System.Text.Unicode.Utf8.IsValid(text) || !AttributeValue.TryParse(Encoding.UTF8.GetString(text), Type, out var value, out _))
        {
            throw new RowException(column, $"'{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 100)])}'", $"a {AttributeTypeNames.Of(Type)} for the attribute '{Name}'");
        }

        _values.Add(value);
        return _texts.Add(text, hash);
    }

    /// <summary>A value by its ordinal.</summary>
    public AttributeValue this[int ordinal] => _values[ordinal];

    /// <summary>Keeps a user's value if its event is the latest so far (the later row of two at one time).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Set(int user, int value, long seconds)
    {
        if (user >= _latest.Length)
        {
            var before = _latest.Length;
            Array.Resize(ref _latest, Math.Max(1024, Math.Max(user + 1, before * 2)));
            _latest.AsSpan(before).Fill((long.MinValue, -1));
        }

        if (value >= 0 && seconds >= _latest[user].Seconds)
        {
            _latest[user] = (seconds, value);
        }
    }

    /// <summary>Brings the latest values of users near.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Touch(ReadOnlySpan<int> users)
    {
        foreach (var user in users)
        {
            if ((uint)user < (uint)_latest.Length)
            {
                Prefetch.Near(ref _latest[user]);
            }
        }
    }

    /// <summary>A user's latest value as an ordinal; false where none came.</summary>
    public bool TryGet(int user, out int value, out long seconds)
    {
        (seconds, value) = user < _latest.Length ? _latest[user] : (0, -1);
        return value >= 0;
    }
}

namespace Lurm.Store.Ingestion;

/// <summary>The latest value of one attribute for each user of a batch.</summary>
internal sealed class BatchAttribute
{
    private (long Seconds, int Value)[] _latest = [];

    /// <summary>The distinct values.</summary>
    public Utf8Interner Values { get; } = new();

    public void Set(int user, ReadOnlySpan<byte> value, long seconds)
    {
        if (user >= _latest.Length)
        {
            var before = _latest.Length;
            Array.Resize(ref _latest, Math.Max(1024, Math.Max(user + 1, before * 2)));
            _latest.AsSpan(before).Fill((long.MinValue, -1));
        }

        ref var latest = ref _latest[user];
        if (seconds < latest.Seconds || (latest.Value >= 0 && Values[latest.Value].SequenceEqual(value)))
        {
            latest.Seconds = Math.Max(latest.Seconds, seconds);
            return;
        }

        latest = (seconds, Values.Intern(value));
    }

    /// <summary>A user's latest value as an ordinal of <see cref="Values"/>; false where none came.</summary>
    public bool TryGet(int user, out int value, out long seconds)
    {
        (seconds, value) = user < _latest.Length ? _latest[user] : (0, -1);
        return value >= 0;
    }
}

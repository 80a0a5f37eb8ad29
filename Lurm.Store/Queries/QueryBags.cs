using Lurm.Store.Encoders;
using Lurm.Store.Generations;
using Lurm.Store.Histories;
using Lurm.Store.Ingestion;

namespace Lurm.Store.Queries;

/// <summary>What queries need of a model beyond its index: bags of histories, and an encoder for those that are not stored. One per generation, made when first needed.</summary>
/// <remarks>Any number of threads: each call has its own builder.</remarks>
internal sealed class QueryBags : IDisposable
{
    private const double DefaultHalfLifeMonths = 2;
    private readonly LurmDatabase _database;
    private readonly ModelBundle _bundle;
    private readonly Lazy<IUserEncoder> _encoder;
    private readonly Lock _lock = new();
    private int[]? _interests;
    private IReadOnlyList<string> _kinds = [];

    public QueryBags(LurmDatabase database, ModelBundle bundle)
    {
        _database = database;
        _bundle = bundle;
        _encoder = new Lazy<IUserEncoder>(() => UserEncoders.Open(bundle, EncoderDevice.Cpu, out _));
    }

    public ModelBundle Bundle => _bundle;

    /// <summary>Half-life of a "recent" question, in base periods.</summary>
    public double RecentHalfLife =>
        _bundle.Card.Bags.FirstOrDefault(bag => bag.HalfLifePeriods is not null)?.HalfLifePeriods
        ?? (_bundle.Card.Grain == PeriodGrain.Day ? DefaultHalfLifeMonths * 30 : DefaultHalfLifeMonths);

    /// <summary>Embeds a history; false where nothing of it is known to the model (or to the part of it that counts).</summary>
    public bool TryEncode(ReadOnlySpan<HistoryEntry> entries, IReadOnlyList<int>? respect, double? halfLife, Span<float> representation)
    {
        var encoder = new ChunkEncoder(_bundle.Card, Builder(entries), _encoder.Value, batchSize: 1);
        return encoder.Encode(entries, Keep(respect), halfLife, representation);
    }

    /// <summary>The lifetime bag of a stored user: interest → value, unit length; empty where there is none.</summary>
    public Dictionary<int, float> LifetimeBag(long userKey)
    {
        var bag = new Dictionary<int, float>();
        _database.ReadHistory(userKey, (_, entries) => LifetimeBag(entries, bag));
        return bag;
    }

    /// <summary>The lifetime bag of a history.</summary>
    public void LifetimeBag(ReadOnlySpan<HistoryEntry> entries, Dictionary<int, float> bag)
    {
        var builder = LifetimeBuilder(entries);
        builder.Build(entries);
        var view = builder[0];
        for (var i = 0; i < view.Keys.Length; i++)
        {
            bag.Add(view.Keys[i], view.Values[i]);
        }
    }

    /// <summary>A builder of nothing but the lifetime bag, whatever the model's own bags are; <paramref name="last"/> again where it still does.</summary>
    public BagBuilder LifetimeBuilder(ReadOnlySpan<HistoryEntry> entries, BagBuilder? last = null)
    {
        var (interests, kinds) = Tables(entries);
        if (last is not null && last.Uses(interests))
        {
            return last;
        }

        var card = _bundle.Card with { Bags = [new BagInput { Name = "lifetime", Scale = Scale.Lifetime }] };
        return new BagBuilder(card, _bundle.Interests, interests, kinds);
    }

    /// <summary>Turns events that are not stored into a history. Items of the model count, and items it can guess from their text; others are left out.</summary>
    public HistoryEntry[] ToHistory(IReadOnlyList<BehaviourEvent> events, out int[] interests, out string[] kinds)
    {
        var items = new Dictionary<string, int>(StringComparer.Ordinal);
        var interestOf = new List<int>();
        var kindNames = new List<string> { string.Empty };
        var kindOf = new Dictionary<string, int>(StringComparer.Ordinal) { [string.Empty] = 0 };
        var entries = new List<HistoryEntry>(events.Count);
        foreach (var behaviour in events)
        {
            if (!items.TryGetValue(behaviour.Item, out var item))
            {
                items.Add(behaviour.Item, item = interestOf.Count);
                interestOf.Add(_bundle.Interests.TryGetInterest(behaviour.Item, behaviour.Title, behaviour.Category, out var interest) ? interest : -1);
            }

            var kindName = behaviour.Kind ?? string.Empty;
            if (!kindOf.TryGetValue(kindName, out var kind))
            {
                if (kindNames.Count > EventBatch.MaxKinds)
                {
                    throw new StoreException(StoreFault.Invalid, $"found a kind of behaviour beyond the first thousand, '{kindName}'; expected a few kinds (view, cart, buy).");
                }

                kindOf.Add(kindName, kind = kindNames.Count);
                kindNames.Add(kindName);
            }

            var thousandths = (long)Math.Round((behaviour.Weight ?? 1) * 1000);
            entries.Add(new HistoryEntry(Period(behaviour.Time), item, (short)kind, 1, thousandths));
        }

        interests = [.. interestOf];
        kinds = [.. kindNames];
        return [.. entries.OrderBy(entry => entry.Period).ThenBy(entry => entry.Item).ThenBy(entry => entry.Kind)];
    }

    /// <summary>Embeds events that are not stored.</summary>
    public bool TryEncode(IReadOnlyList<BehaviourEvent> events, IReadOnlyList<int>? respect, double? halfLife, Span<float> representation)
    {
        var entries = ToHistory(events, out var interests, out var kinds);
        var builder = new BagBuilder(_bundle.Card, _bundle.Interests, interests, kinds);
        return new ChunkEncoder(_bundle.Card, builder, _encoder.Value, batchSize: 1).Encode(entries, Keep(respect), halfLife, representation);
    }

    /// <summary>The lifetime bag of events that are not stored.</summary>
    public Dictionary<int, float> LifetimeBag(IReadOnlyList<BehaviourEvent> events)
    {
        var entries = ToHistory(events, out var interests, out var kinds);
        var card = _bundle.Card with { Bags = [new BagInput { Name = "lifetime", Scale = Scale.Lifetime }] };
        var builder = new BagBuilder(card, _bundle.Interests, interests, kinds);
        builder.Build(entries);
        var bag = new Dictionary<int, float>();
        for (var i = 0; i < builder[0].Keys.Length; i++)
        {
            bag.Add(builder[0].Keys[i], builder[0].Values[i]);
        }

        return bag;
    }

    public void Dispose()
    {
        if (_encoder.IsValueCreated)
        {
            _encoder.Value.Dispose();
        }
    }

    /// <summary>The item table and kinds, read again where a history names an item that came later.</summary>
    private (int[] Interests, IReadOnlyList<string> Kinds) Tables(ReadOnlySpan<HistoryEntry> entries)
    {
        var last = 0;
        var lastKind = 0;
        foreach (ref readonly var entry in entries)
        {
            last = Math.Max(last, entry.Item);
            lastKind = Math.Max(lastKind, entry.Kind);
        }

        lock (_lock)
        {
            if (_interests is null || last >= _interests.Length || lastKind >= _kinds.Count)
            {
                _interests = _bundle.Interests.MapItems(_database.ReadItems());
                _kinds = _database.Kinds;
            }

            return (_interests, _kinds);
        }
    }

    private BagBuilder Builder(ReadOnlySpan<HistoryEntry> entries)
    {
        var (interests, kinds) = Tables(entries);
        return new BagBuilder(_bundle.Card, _bundle.Interests, interests, kinds);
    }

    private bool[] Keep(IReadOnlyList<int>? respect)
    {
        if (respect is null)
        {
            return [];
        }

        var keep = new bool[_bundle.Card.Interests];
        foreach (var interest in respect)
        {
            keep[interest] = true;
        }

        return keep;
    }

    private int Period(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return _bundle.Card.Grain == PeriodGrain.Day
            ? (int)Math.Floor((utc - DateTime.UnixEpoch).TotalDays)
            : ((utc.Year - 1970) * 12) + utc.Month - 1;
    }
}

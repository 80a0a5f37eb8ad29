using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Lurm.Store.Histories;

namespace Lurm.Store.Ingestion;

/// <summary>A batch while it is read and checked: its users, items and kinds by ordinals, what rides along, and its events in a spool. Nothing of it is stored yet.</summary>
/// <remarks>Takes some 80 bytes a user and 60 an item beside their texts, whatever the number of events. One thread, but for <see cref="Find(in Utf8Column, in Utf8Column, Span{int}, Span{int})"/>.</remarks>
internal sealed class EventBatch : ILookAhead, IDisposable
{
    /// <summary>The longest item id, in bytes.</summary>
    public const int MaxItemBytes = 256;

    /// <summary>The longest kind, in bytes, and how many kinds a database can have.</summary>
    public const int MaxKindBytes = 64;

    /// <summary>Different kinds that events of one batch, or of one query, may name.</summary>
    public const int MaxKinds = 1_000;

    private readonly KnownUsers? _known;
    private readonly PeriodGrain _grain;
    private readonly long _hashSeed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private BatchUser[] _users = new BatchUser[1024];
    private BatchItem[] _items = new BatchItem[256];
    private long _newUsers;
    private int _lastUser = -1;
    private (long First, long Last, int Period) _cachedPeriod = (1, 0, 0);

    /// <param name="grain">The database's.</param>
    /// <param name="firstNewKey">The first key that no user has had.</param>
    /// <param name="known">Finds users of the database; none where it has none. Owned.</param>
    /// <param name="spool">Where events go; owned.</param>
    public EventBatch(PeriodGrain grain, long firstNewKey, KnownUsers? known, EventSpool spool)
    {
        _grain = grain;
        FirstNewKey = firstNewKey;
        _known = known;
        Spool = spool;
        Kinds.Intern([]);
    }

    public EventSpool Spool { get; }

    public Utf8Interner UserIds { get; } = new();

    public Utf8Interner ItemIds { get; } = new();

    public Utf8Interner Kinds { get; } = new();

    /// <summary>The user attributes that ride along.</summary>
    public List<BatchAttribute> Attributes { get; } = [];

    public ReadOnlySpan<BatchUser> Users
    {
        get
        {
            // Users of refused rows at the end may be known by id alone.
            Room(ref _users, UserIds.Count - 1);
            return _users.AsSpan(0, UserIds.Count);
        }
    }

    public ReadOnlySpan<BatchItem> Items
    {
        get
        {
            // Likewise items.
            Room(ref _items, ItemIds.Count - 1);
            return _items.AsSpan(0, ItemIds.Count);
        }
    }

    /// <summary>Keys from here on are provisional: their users were not known when the batch was read.</summary>
    public long FirstNewKey { get; set; }

    /// <summary>The ordinal of a user's id.</summary>
    /// <exception cref="RowException">It is no id.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int User(ReadOnlySpan<byte> id, string column)
    {
        if (_lastUser >= 0 && UserIds[_lastUser].SequenceEqual(id))
        {
            return _lastUser;
        }

        var ordinal = UserIds.Find(id, out var hash);
        if (ordinal < 0)
        {
            EventText.CheckId(id, UserId.MaxBytes, column, "a user id");
            ordinal = UserIds.Add(id, hash);
        }

        if (!IsMet(ordinal))
        {
            Meet(ordinal, id);
        }

        return _lastUser = ordinal;
    }

    /// <summary>The ordinal of a user's id that was looked up ahead; reads no table of ids, which another thread may be adding to.</summary>
    /// <exception cref="RowException">It is no id.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int User(int found, ReadOnlySpan<byte> id, string column)
    {
        if (found < 0)
        {
            EventText.CheckId(id, UserId.MaxBytes, column, "a user id");
        }

        if (!IsMet(found))
        {
            Meet(found, id);
        }

        return found;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(in Utf8Column userIds, in Utf8Column itemIds, Span<int> users, Span<int> items)
    {
        Find(UserIds, userIds, UserId.MaxBytes, users);
        Find(ItemIds, itemIds, MaxItemBytes, items);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Touch(ReadOnlySpan<int> users, ReadOnlySpan<int> items)
    {
        Touch(_users, users);
        Touch(_items, items);
        foreach (var attribute in Attributes)
        {
            attribute.Touch(users);
        }
    }

    /// <summary>The ordinal of an item's id.</summary>
    /// <exception cref="RowException">It is no id.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Item(ReadOnlySpan<byte> id, string column)
    {
        var ordinal = ItemIds.Find(id, out var hash);
        if (ordinal < 0)
        {
            EventText.CheckId(id, MaxItemBytes, column, "an item id");
            ordinal = ItemIds.Add(id, hash);
        }

        Meet(ordinal);
        return ordinal;
    }

    /// <summary>The ordinal of an item's id that was looked up ahead; reads no table of ids.</summary>
    /// <exception cref="RowException">It is no id.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Item(int found, ReadOnlySpan<byte> id, string column)
    {
        if (found < 0)
        {
            EventText.CheckId(id, MaxItemBytes, column, "an item id");
        }

        Meet(found);
        return found;
    }

    /// <summary>The ordinal of a kind's name; 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Kind(ReadOnlySpan<byte> name, string column)
    {
        var ordinal = Kinds.Find(name, out var hash);
        if (ordinal < 0)
        {
            EventText.CheckId(name, MaxKindBytes, column, "a kind");
            if (Kinds.Count > MaxKinds)
            {
                throw new RowException(column, $"a kind of behaviour beyond the first thousand, '{Encoding.UTF8.GetString(name)}'", "a few kinds (view, cart, buy); is this the right column?");
            }

            ordinal = Kinds.Add(name, hash);
        }

        return ordinal;
    }

    /// <summary>Adds an event; the time lies within <see cref="EventTime"/>'s bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int user, int item, int kind, long seconds, uint weightThousandths)
    {
        if (seconds < _cachedPeriod.First || seconds > _cachedPeriod.Last)
        {
            var day = seconds / 86_400 * 86_400;
            _cachedPeriod = (day, day + 86_399, EventTime.Period(seconds, _grain));
        }

        ref var who = ref _users[user];
        who.Events++;
        who.FirstSeen = Math.Min(who.FirstSeen, seconds);
        who.LastSeen = Math.Max(who.LastSeen, seconds);
        Spool.Add(who.Key, new SpooledEvent(SpooledEvent.KeyOf(_cachedPeriod.Period, item, kind), user, weightThousandths));
    }

    /// <summary>Keeps an item's text if its event is the latest so far (the later row of two at one time); empty text says nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Text(int item, ReadOnlySpan<byte> title, ReadOnlySpan<byte> category, long seconds)
    {
        ref var known = ref _items[item];
        if (seconds < known.TextTime || (title.IsEmpty && category.IsEmpty))
        {
            return;
        }

        known.TextTime = seconds;
        Replace(ref known.Title, ref known.TitleHash, title);
        Replace(ref known.Category, ref known.CategoryHash, category);
    }

    /// <summary>Ends the read transaction that look-ups of users may share; to be called every few thousand rows.</summary>
    public void EndLookups() => _known?.Dispose();

    public void Dispose()
    {
        EndLookups();
        Spool.Dispose();
    }

    /// <summary>Adds a user as it was saved.</summary>
    internal void Restore(ReadOnlySpan<byte> id, in BatchUser user) => Place(ref _users, UserIds.Intern(id), user);

    /// <summary>Adds an item as it was saved.</summary>
    internal void Restore(ReadOnlySpan<byte> id, in BatchItem item) => Place(ref _items, ItemIds.Intern(id), item);

    private static void Place<T>(ref T[] all, int ordinal, in T one)
    {
        Room(ref all, ordinal);
        all[ordinal] = one;
    }

    private static void Room<T>(ref T[] all, int ordinal)
    {
        if (ordinal >= all.Length)
        {
            Array.Resize(ref all, Math.Max(ordinal + 1, all.Length * 2));
        }
    }

    // Not yet: an id of refused rows alone.
    private bool IsMet(int ordinal) => ordinal < _users.Length && _users[ordinal].Key != 0;

    private void Meet(int ordinal, ReadOnlySpan<byte> id)
    {
        var key = _known?.Find(id) ?? 0;
        Place(ref _users, ordinal, new BatchUser { Key = key > 0 ? key : NextKey(), FirstSeen = long.MaxValue, LastSeen = long.MinValue });
    }

    // Users are applied in the order of their keys. The first whom a log in order of time names are its busiest; given out in that order, chunks would
    // hold fewer and fewer events. So the keys of each million are given out in the order of a golden section: every run of them has users from all of the log.
    private long NextKey()
    {
        const long Mask = (1 << 20) - 1;
        var number = _newUsers++;
        return FirstNewKey + ((number & ~Mask) | ((number * 0x9E377) & Mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Meet(int item)
    {
        Room(ref _items, item);
        if (!_items[item].IsMet)
        {
            _items[item] = new BatchItem { IsMet = true, TextTime = long.MinValue };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Find(Utf8Interner all, in Utf8Column ids, int maxBytes, Span<int> ordinals)
    {
        all.Find(ids, ordinals);
        for (var i = 0; i < ids.Count; i++)
        {
            // One that is new may have been added a few rows before.
            if (ordinals[i] < 0 && EventText.IsId(ids[i], maxBytes))
            {
                ordinals[i] = all.Intern(ids[i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Touch<T>(T[] all, ReadOnlySpan<int> ordinals)
    {
        foreach (var ordinal in ordinals)
        {
            if ((uint)ordinal < (uint)all.Length)
            {
                Prefetch.Near(ref all[ordinal]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Replace(ref byte[]? text, ref ulong hash, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return;
        }

        var found = XxHash3.HashToUInt64(value, _hashSeed);
        if (text is null || found != hash)
        {
            text = EventText.Kept(value).ToArray();
            hash = found;
        }
    }
}

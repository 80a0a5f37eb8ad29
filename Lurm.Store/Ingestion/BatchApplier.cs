using Lurm.Store.Attributes;
using Lurm.Store.Histories;
using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Ingestion;

/// <summary>Applies a checked batch inside the caller's transactions: first its items and kinds, then chunk after chunk of its users; counts into the report.</summary>
internal sealed class BatchApplier(EventBatch batch, BatchReport report)
{
    private readonly int[] _itemKeys = new int[batch.Items.Length];
    private readonly int[] _kindKeys = new int[batch.Kinds.Count];

    /// <summary>The database's key of each item ordinal, once they are written.</summary>
    public int[] ItemKeys => _itemKeys;

    /// <summary>The database's key of each kind ordinal.</summary>
    public int[] KindKeys => _kindKeys;

    /// <summary>Finds or adds the batch's kinds.</summary>
    public void ApplyKinds(Session session)
    {
        using var find = session.Prepare("SELECT kind_key FROM kinds WHERE name = ?1");
        using var add = session.Prepare("INSERT INTO kinds (name) VALUES (?1) RETURNING kind_key");
        for (var i = 0; i < _kindKeys.Length; i++)
        {
            _kindKeys[i] = find.BindText(1, batch.Kinds[i]).Step() ? find.Int32(0) : 0;
            find.Reset();
            if (_kindKeys[i] == 0 && i > 0)
            {
                add.BindText(1, batch.Kinds[i]).Step();
                _kindKeys[i] = add.Int32(0);
                add.Reset();
            }

            if (_kindKeys[i] > short.MaxValue)
            {
                throw new StoreException(StoreFault.Invalid, $"the database has {short.MaxValue} kinds of behaviour; expected a few (view, cart, buy).");
            }
        }
    }

    /// <summary>Finds or adds the items with ordinals from <paramref name="from"/> on, at most <paramref name="most"/>, and keeps their text where it is the latest.</summary>
    /// <returns>The ordinal to go on from.</returns>
    public int ApplyItems(Session session, int from, int most)
    {
        using var find = session.Prepare("SELECT item_key, title, category, text_time FROM items WHERE id = ?1");
        using var add = session.Prepare("INSERT INTO items (id, title, category, text_time) VALUES (?1, ?2, ?3, ?4)");
        using var update = session.Prepare("UPDATE items SET title = coalesce(?2, title), category = coalesce(?3, category), text_time = ?4 WHERE item_key = ?1");
        var items = batch.Items;
        var to = (int)Math.Min(items.Length, (long)from + most);
        for (var i = from; i < to; i++)
        {
            ref readonly var item = ref items[i];
            if (!item.IsMet)
            {
                continue;
            }

            var hasText = item.Title is not null || item.Category is not null;
            if (!find.BindText(1, batch.ItemIds[i]).Step())
            {
                find.Reset();
                add.BindText(1, batch.ItemIds[i]);
                BindText(add, item, hasText);
                add.Run();
                _itemKeys[i] = checked((int)session.LastRowId);
                report.NewItems++;
                continue;
            }

            _itemKeys[i] = find.Int32(0);
            var knownText = !find.IsNull(1) || !find.IsNull(2);
            var isLater = !knownText || (!find.IsNull(3) && item.TextTime >= find.Int64(3));
            var isOther = !find.Blob(1).SequenceEqual(item.Title) || !find.Blob(2).SequenceEqual(item.Category) || item.TextTime != find.Int64(3);
            find.Reset();
            if (hasText && isLater && isOther)
            {
                update.Bind(1, _itemKeys[i]);
                BindText(update, item, hasText);
                update.Run();
            }
        }

        return to;
    }

    /// <summary>Applies one chunk: each user's row and history, all under one new history version.</summary>
    /// <returns>The events it counted.</returns>
    public long ApplyChunk(Session session, ChunkHistories chunk)
    {
        var version = HistoryVersion.Next(session);
        using var segments = new SegmentWriter(session);
        using var attributes = new AttributeWriter(session);
        var registered = batch.Attributes.Select(attribute => attributes.Register(attribute.Name, attribute.Type)).ToArray();
        var suppressed = SuppressionList.Read(session);
        using var exists = session.Prepare("SELECT 1 FROM users WHERE user_key = ?1 AND id = ?2");
        using var find = session.Prepare("SELECT user_key FROM users WHERE id = ?1");
        using var add = session.Prepare(
            "INSERT INTO users (id, first_seen, last_seen, event_count, period_count, history_version, item_count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        using var update = session.Prepare(
            """
            UPDATE users SET
                first_seen = min(coalesce(first_seen, ?2), ?2), last_seen = max(coalesce(last_seen, ?3), ?3),
                event_count = event_count + ?4, period_count = ?5, history_version = ?6, item_count = ?7
            WHERE user_key = ?1
            """);
        long events = 0;
        var users = batch.Users;
        for (var i = 0; i < chunk.Users.Length; i++)
        {
            var ordinal = chunk.Users[i];
            ref readonly var user = ref users[ordinal];
            if (user.Events == 0)
            {
                continue;
            }

            // A user may have come or gone since the batch was read: what counts is what stands now.
            var id = batch.UserIds[ordinal];
            var key = user.Key < batch.FirstNewKey && exists.Bind(1, user.Key).BindText(2, id).Step() ? user.Key : 0;
            exists.Reset();
            if (key == 0)
            {
                key = find.BindText(1, id).Step() ? find.Int64(0) : 0;
                find.Reset();
            }

            var entries = chunk[i];
            if (key != 0)
            {
                var counts = segments.Add(key, entries);
                update.Bind(1, key).Bind(2, user.FirstSeen).Bind(3, user.LastSeen).Bind(4, user.Events).Bind(5, counts.Periods).Bind(6, version).Bind(7, counts.Items).Run();
            }
            else if (suppressed.Contains(id))
            {
                report.Suppressed += user.Events;
                continue;
            }
            else
            {
                var counts = segments.Count(entries);
                add.BindText(1, id).Bind(2, user.FirstSeen).Bind(3, user.LastSeen).Bind(4, user.Events).Bind(5, counts.Periods).Bind(6, version).Bind(7, counts.Items).Run();
                key = session.LastRowId;
                segments.AddFirst(key, entries);
                report.NewUsers++;
            }

            events += user.Events;
            for (var a = 0; a < registered.Length; a++)
            {
                if (batch.Attributes[a].TryGet(ordinal, out var value, out var seconds))
                {
                    attributes.Set(key, registered[a], batch.Attributes[a][value], seconds * 1000);
                }
            }
        }

        report.Events += events;
        return events;
    }

    private static void BindText(Statement statement, in BatchItem item, bool hasText)
    {
        _ = item.Title is null ? statement.BindNull(2) : statement.BindText(2, item.Title);
        _ = item.Category is null ? statement.BindNull(3) : statement.BindText(3, item.Category);
        _ = hasText ? statement.Bind(4, item.TextTime) : statement.BindNull(4);
    }
}

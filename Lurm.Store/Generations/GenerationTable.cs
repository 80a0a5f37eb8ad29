using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>Reads and writes the tables of migration 002. Every method works inside the caller's transaction.</summary>
internal static class GenerationTable
{
    /// <summary>Changes kept although all snapshots hold them: the users of some nightly increments.</summary>
    private const int KeptChanges = 50_000;

    private const string Columns = """
        SELECT g.generation, g.model_key, m.id, g.state, g.history_version, g.cursor, g.zero_users, g.watermark, g.snapshot, g.published_at
        FROM generations g JOIN models m USING (model_key)
        """;

    public static Generation? Published(Session session) => First(session, $"{Columns} WHERE g.state = 'published'", null);

    public static Generation? Building(Session session, long modelKey) => First(session, $"{Columns} WHERE g.state = 'building' AND g.model_key = ?1", modelKey);

    /// <summary>The newest kept generation of a model that was published once.</summary>
    public static Generation? Retired(Session session, long modelKey) =>
        First(session, $"{Columns} WHERE g.state = 'retired' AND g.model_key = ?1 ORDER BY g.generation DESC", modelKey);

    public static Generation? Find(Session session, long generation) => First(session, $"{Columns} WHERE g.generation = ?1", generation);

    public static List<Generation> All(Session session)
    {
        var all = new List<Generation>();
        using var statement = session.Prepare($"{Columns} ORDER BY g.generation");
        while (statement.Step())
        {
            all.Add(Read(statement));
        }

        return all;
    }

    /// <summary>Begins a generation.</summary>
    public static long Begin(Session session, long modelKey, long historyVersion, DateTimeOffset now)
    {
        using var statement = session.Prepare("INSERT INTO generations (model_key, state, history_version, started_at) VALUES (?1, 'building', ?2, ?3) RETURNING generation");
        statement.Bind(1, modelKey).Bind(2, historyVersion).Bind(3, now.ToUnixTimeMilliseconds()).Step();
        var generation = statement.Int64(0);
        statement.Step();
        return generation;
    }

    /// <summary>Notes how far a build is.</summary>
    public static void Advance(Session session, long generation, long cursor, long moreZeroUsers)
    {
        using var statement = session.Prepare("UPDATE generations SET cursor = ?2, zero_users = zero_users + ?3 WHERE generation = ?1");
        statement.Bind(1, generation).Bind(2, cursor).Bind(3, moreZeroUsers).Run();
    }

    public static void SetHistoryVersion(Session session, long generation, long historyVersion)
    {
        using var statement = session.Prepare("UPDATE generations SET history_version = ?2 WHERE generation = ?1");
        statement.Bind(1, generation).Bind(2, historyVersion).Run();
    }

    public static void SetSnapshot(Session session, long generation, string snapshot, long watermark)
    {
        using var statement = session.Prepare("UPDATE generations SET snapshot = ?2, watermark = ?3 WHERE generation = ?1");
        statement.Bind(1, generation).BindText(2, snapshot).Bind(3, watermark).Run();
    }

    /// <summary>Forgets a generation's snapshot: it is built from its rows when it is opened.</summary>
    public static void DropSnapshot(Session session, long generation)
    {
        using var statement = session.Prepare("UPDATE generations SET snapshot = NULL WHERE generation = ?1");
        statement.Bind(1, generation).Run();
    }

    /// <summary>Makes a generation the published one and its model the active one, and retires those before.</summary>
    public static void Publish(Session session, Generation generation, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        using (var retire = session.Prepare("UPDATE generations SET state = 'retired', retired_at = ?1 WHERE state = 'published' AND generation <> ?2"))
        {
            retire.Bind(1, at).Bind(2, generation.Number).Run();
        }

        using (var publish = session.Prepare("UPDATE generations SET state = 'published', published_at = ?1, retired_at = NULL WHERE generation = ?2"))
        {
            publish.Bind(1, at).Bind(2, generation.Number).Run();
        }

        using (var retire = session.Prepare("UPDATE models SET state = 'retired' WHERE state = 'active' AND model_key <> ?1"))
        {
            retire.Bind(1, generation.ModelKey).Run();
        }

        using var activate = session.Prepare("UPDATE models SET state = 'active' WHERE model_key = ?1");
        activate.Bind(1, generation.ModelKey).Run();
    }

    /// <summary>The last change number given out.</summary>
    public static long LastChange(Session session) => session.QueryInt64("SELECT value FROM settings WHERE name = 'representation_change'");

    /// <summary>Takes the next <paramref name="count"/> change numbers; returns the first.</summary>
    public static long TakeChanges(Session session, long count)
    {
        using var statement = session.Prepare("UPDATE settings SET value = value + ?1 WHERE name = 'representation_change' RETURNING value");
        statement.Bind(1, count).Step();
        var last = statement.Int64(0);
        statement.Step();
        return last - count + 1;
    }

    public static void NoteChange(Session session, long change, long generation, long userKey, bool removed)
    {
        using var statement = session.Prepare("INSERT INTO representation_changes (change_number, generation, user_key, removed) VALUES (?1, ?2, ?3, ?4)");
        statement.Bind(1, change).Bind(2, generation).Bind(3, userKey).Bind(4, removed ? 1 : 0).Run();
    }

    /// <summary>Deletes one user's representation; false where there was none.</summary>
    public static bool Delete(Session session, long generation, long userKey)
    {
        using var statement = session.Prepare("DELETE FROM representations WHERE representation = ?1 RETURNING 1");
        statement.Bind(1, RepresentationKey.Of(generation, userKey));
        var found = statement.Step();
        while (found && statement.Step())
        {
        }

        return found;
    }

    public static long Count(Session session, long generation)
    {
        using var statement = session.Prepare("SELECT count(*) FROM representations WHERE representation BETWEEN ?1 AND ?2");
        statement.Bind(1, RepresentationKey.First(generation)).Bind(2, RepresentationKey.Last(generation)).Step();
        return statement.Int64(0);
    }

    /// <summary>Drops changes that every kept snapshot holds, but for the latest: readers that are a little behind follow those instead of opening the snapshot anew.</summary>
    public static void DropOldChanges(Session session)
    {
        using (var note = session.Prepare("""
            UPDATE settings SET value = max(value, coalesce(min(
                (SELECT min(watermark) FROM generations WHERE state <> 'building'),
                (SELECT value FROM settings WHERE name = 'representation_change') - ?1), 0))
            WHERE name = 'representation_changes_dropped'
            """))
        {
            note.Bind(1, KeptChanges).Run();
        }

        session.Execute("DELETE FROM representation_changes WHERE change_number <= (SELECT value FROM settings WHERE name = 'representation_changes_dropped')");
    }

    /// <summary>Changes up to this number are not kept any more.</summary>
    public static long DroppedChanges(Session session) => session.QueryInt64("SELECT value FROM settings WHERE name = 'representation_changes_dropped'");

    private static Generation? First(Session session, string sql, long? parameter)
    {
        using var statement = session.Prepare(sql);
        if (parameter is { } value)
        {
            statement.Bind(1, value);
        }

        return statement.Step() ? Read(statement) : null;
    }

    private static Generation Read(Statement row) => new()
    {
        Number = row.Int64(0),
        ModelKey = row.Int64(1),
        ModelId = row.Text(2)!,
        State = row.Text(3) switch { "building" => GenerationState.Building, "published" => GenerationState.Published, _ => GenerationState.Retired },
        HistoryVersion = row.Int64(4),
        Cursor = row.Int64(5),
        ZeroUsers = row.Int64(6),
        Watermark = row.Int64(7),
        Snapshot = row.Text(8),
        PublishedAt = row.IsNull(9) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(9)),
    };
}

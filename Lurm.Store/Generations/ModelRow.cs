using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>A row of the table <c>models</c>.</summary>
internal sealed record ModelRow(long Key, string Id, string Digest, ModelState State, DateTimeOffset RegisteredAt)
{
    private const string Columns = "SELECT model_key, id, digest, state, registered_at FROM models";

    public static ModelRow? Find(Session session, string id)
    {
        using var statement = session.Prepare($"{Columns} WHERE id = ?1");
        statement.BindText(1, id);
        return statement.Step() ? Read(statement) : null;
    }

    /// <summary>The newest candidate, else the active model, else null.</summary>
    public static ModelRow? Next(Session session)
    {
        using var statement = session.Prepare($"{Columns} WHERE state <> 'retired' ORDER BY state = 'candidate' DESC, registered_at DESC, model_key DESC");
        return statement.Step() ? Read(statement) : null;
    }

    public static ModelRow? Active(Session session)
    {
        using var statement = session.Prepare($"{Columns} WHERE state = 'active'");
        return statement.Step() ? Read(statement) : null;
    }

    public static List<ModelRow> All(Session session)
    {
        var all = new List<ModelRow>();
        using var statement = session.Prepare($"{Columns} ORDER BY registered_at, model_key");
        while (statement.Step())
        {
            all.Add(Read(statement));
        }

        return all;
    }

    /// <summary>Adds a candidate, or makes a known model one again unless it is active.</summary>
    public static void Register(Session session, string id, string digest, DateTimeOffset now)
    {
        using var statement = session.Prepare("""
            INSERT INTO models (id, digest, state, registered_at) VALUES (?1, ?2, 'candidate', ?3)
            ON CONFLICT (id) DO UPDATE SET state = 'candidate', registered_at = excluded.registered_at WHERE state = 'retired'
            """);
        statement.BindText(1, id).BindText(2, digest).Bind(3, now.ToUnixTimeMilliseconds()).Run();
    }

    private static ModelRow Read(Statement row) => new(
        row.Int64(0),
        row.Text(1)!,
        row.Text(2)!,
        row.Text(3) switch { "candidate" => ModelState.Candidate, "active" => ModelState.Active, _ => ModelState.Retired },
        DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(4)));
}

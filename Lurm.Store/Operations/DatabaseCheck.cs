using System.Diagnostics;
using Lurm.Store.Attributes;
using Lurm.Store.Generations;
using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Operations;

/// <summary>Looks at everything a database holds; repairs what can be derived from what is intact.</summary>
internal sealed class DatabaseCheck(LurmDatabase database, bool repair)
{
    private const int MaxProblems = 1_000;

    private readonly List<CheckProblem> _problems = [];

    public CheckReport Run(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        CheckFile(cancellationToken);
        var histories = new HistoryCheck(database, Add, repair);
        histories.Run(cancellationToken);
        CheckVersions();
        CheckAttributes();
        CheckAudit();
        CheckGenerations(cancellationToken);
        if (repair)
        {
            using var write = database.Connections.Write(cancellationToken);
            AuditLog.Append(write.Session, "check.repaired", new { problems = _problems.Count, repaired = _problems.Count(problem => problem.IsRepaired) }, database.Time);
            write.Commit();
        }

        return new CheckReport(histories.Users, histories.Rows, histories.Events, _problems, clock.Elapsed);
    }

    private void Add(string area, string message, bool isRepaired)
    {
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(new CheckProblem(area, message + ".", isRepaired));
        }
    }

    private void CheckFile(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var read = database.Connections.Read();
        using (var integrity = read.Session.Prepare("PRAGMA integrity_check(100)"))
        {
            while (integrity.Step())
            {
                if (integrity.Text(0) is { } line && line != "ok")
                {
                    Add("file", $"SQLite's integrity check says: {line}. Restore a backup", isRepaired: false);
                }
            }
        }

        using var keys = read.Session.Prepare("PRAGMA foreign_key_check");
        while (keys.Step())
        {
            Add("file", $"a row of {keys.Text(0)} refers to a row of {keys.Text(2)} that is not there", isRepaired: false);
        }
    }

    private void CheckVersions()
    {
        using var write = database.Connections.Write();
        foreach (var (setting, newest) in (ReadOnlySpan<(string, string)>)[
            ("history_version", "SELECT max(history_version) FROM users"),
            ("attribute_version", "SELECT max(version) FROM attribute_values")])
        {
            var (said, found) = (write.Session.QueryInt64($"SELECT value FROM settings WHERE name = '{setting}'"), write.Session.QueryInt64(newest));
            if (found <= said)
            {
                continue;
            }

            Add("users", $"the setting '{setting}' is {said}; a row says {found}. Run with repair", repair);
            if (repair)
            {
                write.Session.Execute($"UPDATE settings SET value = {found} WHERE name = '{setting}'");
            }
        }

        write.Commit();
    }

    private void CheckAttributes()
    {
        using var write = database.Connections.Write();
        var session = write.Session;
        Remove(
            session,
            "attribute values whose user or attribute is not there",
            "FROM attribute_values WHERE user_key NOT IN (SELECT user_key FROM users) OR attribute_key NOT IN (SELECT attribute_key FROM attributes)");
        var mistyped = session.QueryInt64(
            """
            SELECT count(*) FROM attribute_values v JOIN attributes a USING (attribute_key)
            WHERE v.value IS NOT NULL AND typeof(v.value) <> CASE a.type WHEN 'string' THEN 'text' WHEN 'number' THEN 'real' ELSE 'integer' END
            """);
        if (mistyped > 0)
        {
            Add("attributes", $"{mistyped} attribute values are not of their attribute's type. Set them again", isRepaired: false);
        }

        foreach (var attribute in AttributeRegistry.Read(session).All.Where(attribute => attribute.Definition.IsIndexed))
        {
            if (session.QueryInt64($"SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = '{attribute.IndexName}'") == 0)
            {
                Add("attributes", $"the attribute '{attribute.Definition.Name}' is indexed, but its index is not there. Run with repair", repair);
                if (repair)
                {
                    session.Execute(attribute.CreateIndexSql);
                }
            }
        }

        write.Commit();
    }

    private void Remove(Session session, string what, string fromWhere)
    {
        var count = session.QueryInt64("SELECT count(*) " + fromWhere);
        if (count == 0)
        {
            return;
        }

        Add("attributes", $"{count} {what}. Run with repair, which removes them", repair);
        if (repair)
        {
            session.Execute("DELETE " + fromWhere);
        }
    }

    private void CheckGenerations(CancellationToken cancellationToken)
    {
        List<Generation> generations;
        using (var read = database.Connections.Read())
        {
            generations = GenerationTable.All(read.Session);
        }

        // Also a build that was interrupted: the next embedding goes on with its rows.
        foreach (var generation in generations)
        {
            new GenerationCheck(database, generation, Add, repair).Run(cancellationToken);
        }
    }

    private void CheckAudit()
    {
        using var read = database.Connections.Read();
        if (AuditLog.FirstBreak(read.Session) is > 0 and var sequence)
        {
            Add("audit", $"the chain of the audit log breaks at row {sequence}: it or the row before was altered or removed", isRepaired: false);
        }
    }
}

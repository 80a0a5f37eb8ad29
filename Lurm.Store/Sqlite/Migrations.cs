using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Lurm.Store.Sqlite;

/// <summary>The schema's numbered steps, embedded as <c>NNN_name.sql</c>, and the check that a file is ours.</summary>
internal static class Migrations
{
    /// <summary>SQLite's application id of a Lurm database: "Lurm" in ASCII.</summary>
    public const int ApplicationId = 0x4C75726D;

    /// <summary>Bytes of a page of a new database.</summary>
    public const int PageBytes = 8_192;

    private static readonly (int Number, string Resource)[] All = Find();

    /// <summary>The schema this code reads and writes; <c>PRAGMA user_version</c>.</summary>
    public static int Latest => All[^1].Number;

    /// <summary>Makes a new database file: all migrations in one transaction, under another name until it is whole.</summary>
    /// <param name="path">The file, which must not be there.</param>
    /// <param name="grain">'month' or 'day'.</param>
    /// <param name="upTo">The schema to make; an older one only to test migrating it.</param>
    /// <param name="pageBytes">Bytes of a page, fixed for good; another size only to test that nothing hangs on it.</param>
    public static void CreateFile(string path, string grain, int upTo = int.MaxValue, int pageBytes = PageBytes)
    {
        var unfinished = path + ".creating";
        File.Delete(unfinished);
        using (var session = new Session(
            Connections.ConnectionString(unfinished, SqliteOpenMode.ReadWriteCreate),
            $"PRAGMA page_size={pageBytes.ToString(CultureInfo.InvariantCulture)}; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"))
        {
            session.Execute("BEGIN IMMEDIATE");
            Apply(session, 0, upTo);
            session.Execute($"PRAGMA application_id={ApplicationId}");
            session.Execute($"INSERT INTO settings (name, value) VALUES ('grain', '{grain}'), ('history_version', 0)");
            session.Execute("COMMIT");
        }

        File.Move(unfinished, path);
    }

    /// <summary>Checks that <paramref name="path"/> is a Lurm database, and migrates an older one after a backup beside it.</summary>
    /// <exception cref="StoreException">It is no SQLite file, another program's, or written by a newer version.</exception>
    public static void Upgrade(string path)
    {
        using var session = new Session(
            Connections.ConnectionString(path, SqliteOpenMode.ReadWrite),
            $"PRAGMA busy_timeout={Connections.BusySeconds * 1000}; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;");
        var application = session.QueryInt64("PRAGMA application_id");
        if (application != ApplicationId)
        {
            throw new StoreException(StoreFault.Incompatible, $"'{path}' is a SQLite file with application id {application}; a Lurm database has {ApplicationId}. Make one with 'lurm create' in another folder.");
        }

        var found = Version(session, path);
        if (found == Latest)
        {
            return;
        }

        var backup = $"{path}.v{found.ToString(CultureInfo.InvariantCulture)}.backup";
        File.Delete(backup);
        using (var copy = session.Prepare("VACUUM INTO ?"))
        {
            copy.BindText(1, backup).Run();
        }

        session.Execute("BEGIN IMMEDIATE");
        try
        {
            // Another process may have migrated while we waited for the lock.
            Apply(session, Version(session, path), int.MaxValue);
            session.Execute("COMMIT");
        }
        catch
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(session.Handle) == 0)
            {
                session.Execute("ROLLBACK");
            }

            throw;
        }
    }

    private static int Version(Session session, string path)
    {
        var found = (int)session.QueryInt64("PRAGMA user_version");
        return found <= Latest
            ? found
            : throw new StoreException(StoreFault.Incompatible, $"'{path}' has schema version {found}; this Lurm knows up to {Latest}. Open it with a newer Lurm.");
    }

    private static void Apply(Session session, int from, int upTo)
    {
        foreach (var (number, resource) in All)
        {
            if (number <= from || number > upTo)
            {
                continue;
            }

            session.Execute(Read(resource));
            session.Execute($"PRAGMA user_version={number.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private static string Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static (int Number, string Resource)[] Find() =>
    [
        .. from resource in Assembly.GetExecutingAssembly().GetManifestResourceNames()
           where resource.EndsWith(".sql", StringComparison.Ordinal)
           let number = int.Parse(resource.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture)
           orderby number
           select (number, resource),
    ];
}

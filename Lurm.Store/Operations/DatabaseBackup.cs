using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Lurm.Store.Operations;

/// <summary>Copies a database that is in use to one file, models included: a SQLite file that becomes a database again when it is opened as <c>lurm.db</c> of a folder.</summary>
internal static class DatabaseBackup
{
    private const int PagesPerStep = 2_048;

    // A copy that other processes keep disturbing starts anew; after this many times the database's size, writers wait for it once.
    private const int MaxPasses = 3;

    public static void Write(LurmDatabase database, string path, CancellationToken cancellationToken)
    {
        var unfinished = path + ".unfinished";
        File.Delete(unfinished);
        try
        {
            using (var target = new Session(Connections.ConnectionString(unfinished, SqliteOpenMode.ReadWriteCreate), "PRAGMA page_size=8192;"))
            {
                CopyPages(database, target, cancellationToken);
                AddModels(target, System.IO.Path.Combine(database.Folder, "models"), cancellationToken);
                target.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Unpacks the models of a backup that was put in place as a database; nothing to do for any other.</summary>
    public static void Unpack(LurmDatabase database)
    {
        using (var read = database.Connections.Read())
        {
            if (read.Session.QueryInt64("SELECT count(*) FROM sqlite_schema WHERE name = 'backup_files'") == 0)
            {
                return;
            }
        }

        using var write = database.Connections.Write();
        using (var files = write.Session.Prepare("SELECT path, content FROM backup_files"))
        {
            var models = System.IO.Path.Combine(database.Folder, "models") + System.IO.Path.DirectorySeparatorChar;
            while (files.Step())
            {
                var file = System.IO.Path.GetFullPath(System.IO.Path.Combine(models, files.Text(0)!));
                if (!file.StartsWith(models, StringComparison.Ordinal))
                {
                    throw new StoreException(StoreFault.Corrupt, $"The backup holds a file '{files.Text(0)}' that lies outside 'models'; it was not made by Lurm.");
                }

                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, files.Blob(1));
            }
        }

        write.Session.Execute("DROP TABLE backup_files");
        AuditLog.Append(write.Session, "backup.restored", new { }, database.Time);
        write.Commit();
    }

    private static void CopyPages(LurmDatabase database, Session target, CancellationToken cancellationToken)
    {
        using var source = new Session(Connections.ConnectionString(database.Connections.Path, SqliteOpenMode.ReadWrite), $"PRAGMA busy_timeout={Connections.BusySeconds * 1000}; PRAGMA query_only=ON;");
        using var backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
        if (backup.IsInvalid)
        {
            SqliteFaults.Throw(target.Handle, raw.sqlite3_errcode(target.Handle), "starting a backup");
        }

        long copied = 0;
        int code;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(backup, PagesPerStep);
            copied += PagesPerStep;
            if (code == raw.SQLITE_OK && copied > (long)MaxPasses * raw.sqlite3_backup_pagecount(backup))
            {
                using var calm = database.Connections.Write(cancellationToken);
                code = raw.sqlite3_backup_step(backup, -1);
            }
        }
        while (code is raw.SQLITE_OK or raw.SQLITE_BUSY or raw.SQLITE_LOCKED);

        if (code != raw.SQLITE_DONE)
        {
            SqliteFaults.Throw(target.Handle, code, "copying the database");
        }
    }

    private static void AddModels(Session target, string models, CancellationToken cancellationToken)
    {
        target.Execute("BEGIN IMMEDIATE; CREATE TABLE backup_files (path TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;");
        if (Directory.Exists(models))
        {
            using var insert = target.Prepare("INSERT INTO backup_files (path, content) VALUES (?1, ?2)");
            foreach (var file in Directory.EnumerateFiles(models, "*", SearchOption.AllDirectories))
            {
                cancellationToken.ThrowIfCancellationRequested();
                insert.BindText(1, System.IO.Path.GetRelativePath(models, file).Replace('\\', '/')).BindBlob(2, File.ReadAllBytes(file)).Run();
            }
        }

        target.Execute("COMMIT");
    }
}

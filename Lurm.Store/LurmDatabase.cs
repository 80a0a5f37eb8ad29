using Lurm.Store.Histories;
using Lurm.Store.Ingestion;
using Lurm.Store.Operations;
using Lurm.Store.Sqlite;

namespace Lurm.Store;

/// <summary>An embedded database of user representations: one folder, opened by any number of processes.</summary>
/// <remarks>
/// The folder holds <c>lurm.db</c> (SQLite, the only truth), <c>models/</c> and <c>index/</c> (a cache). Any number of threads may call
/// one instance; inside, one writes at a time and readers never wait. Faults are <see cref="StoreException"/>s.
/// </remarks>
public sealed partial class LurmDatabase : IDisposable
{
    /// <summary>The database file's name inside its folder.</summary>
    internal const string FileName = "lurm.db";

    private readonly Connections _connections;
    private bool _disposed;

    private LurmDatabase(string folder, TimeProvider time)
    {
        Folder = folder;
        Time = time;
        _connections = new Connections(System.IO.Path.Combine(folder, FileName));
        try
        {
            using var read = _connections.Read();
            Grain = ReadGrain(read.Session);
        }
        catch
        {
            _connections.Dispose();
            throw;
        }
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The base grain it was created with.</summary>
    public PeriodGrain Grain { get; }

    /// <summary>Readers and the writer, for every part of the store.</summary>
    internal Connections Connections => _connections;

    /// <summary>The clock.</summary>
    internal TimeProvider Time { get; }

    /// <summary>Makes a database in the folder <paramref name="path"/>, which must not exist or be empty, and opens it.</summary>
    /// <param name="path">The folder; missing parents are made.</param>
    /// <param name="grain">The base period, fixed for good.</param>
    /// <exception cref="StoreException">The folder has something in it, or could not be written.</exception>
    public static LurmDatabase Create(string path, PeriodGrain grain = PeriodGrain.Month) => Create(path, grain, Migrations.PageBytes);

    /// <summary><see cref="Create(string, PeriodGrain)"/> with pages of another size.</summary>
    internal static LurmDatabase Create(string path, PeriodGrain grain, int pageBytes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var folder = System.IO.Path.GetFullPath(path);
        try
        {
            if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            {
                throw new StoreException(StoreFault.Conflict, $"'{folder}' exists and is not an empty folder; a database needs a folder of its own. Open it, or choose another.");
            }

            Directory.CreateDirectory(folder);
            Migrations.CreateFile(System.IO.Path.Combine(folder, FileName), grain == PeriodGrain.Day ? "day" : "month", pageBytes: pageBytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{folder}' could not be written: {exception.Message}", exception);
        }

        return Open(folder);
    }

    /// <summary>Opens the database in the folder <paramref name="path"/>; an older one is migrated after a backup, an unfinished batch is finished.</summary>
    /// <exception cref="StoreException">There is none, it is not ours, or it was written by a newer version.</exception>
    public static LurmDatabase Open(string path) => Open(path, TimeProvider.System);

    /// <summary><see cref="Open(string)"/> with a clock.</summary>
    internal static LurmDatabase Open(string path, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var folder = System.IO.Path.GetFullPath(path);
        var file = System.IO.Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            throw new StoreException(StoreFault.NotFound, $"'{folder}' has no {FileName}; expected the folder of a Lurm database. Make one with 'lurm create'.");
        }

        Migrations.Upgrade(file);
        var database = new LurmDatabase(folder, time);
        try
        {
            DatabaseBackup.Unpack(database);
            BatchWork.FinishAll(database, CancellationToken.None);
            database.ResumeErasures();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Closes it; waits for a write in progress.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        CloseViews();
        _connections.Dispose();
    }

    private static PeriodGrain ReadGrain(Session session) =>
        session.QueryText("SELECT value FROM settings WHERE name = 'grain'") switch
        {
            "month" => PeriodGrain.Month,
            "day" => PeriodGrain.Day,
            var other => throw new StoreException(StoreFault.Corrupt, $"setting 'grain' is '{other}'; expected 'month' or 'day'. Restore a backup."),
        };
}

using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Lurm.Store.Sqlite;

/// <summary>The connections of one open database: a pool of readers and one writer.</summary>
/// <remarks>
/// Any number of threads may call <see cref="Read"/> and <see cref="Write"/>; writers of one process queue here, writers of several
/// processes in SQLite, for at most <see cref="BusySeconds"/>. Readers never wait for the writer (write-ahead log), but a reader that
/// stays inside a statement or a snapshot keeps the log from being emptied: page long scans, no read transaction over 2 s.
/// </remarks>
internal sealed class Connections : IDisposable
{
    /// <summary>How long a writer waits for another process, in seconds.</summary>
    public const int BusySeconds = 60;

    // Readers map the file: zero-copy scans, no page cache per connection. SQLite caps this at 2 GB.
    private const string ReaderPragmas = "PRAGMA query_only=ON; PRAGMA mmap_size=2147418112; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;";

    // FULL: a committed transaction survives power loss. secure_delete: freed bytes are zeroed. The log is emptied every 32 MB, and cut back after it was larger.
    private const string WriterPragmas = "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;";

    private readonly string _connectionString;
    private readonly ConcurrentBag<Session> _readers = [];
    private readonly SemaphoreSlim _writerTurn = new(1, 1);
    private readonly Session _writer;
    private volatile bool _disposed;

    /// <summary>Opens the file <paramref name="path"/>, which must exist and be a migrated database.</summary>
    public Connections(string path)
    {
        Path = path;
        _connectionString = ConnectionString(path, SqliteOpenMode.ReadWrite);
        _writer = OpenWriter();
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Borrows a reader.</summary>
    public ReadLease Read()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(LurmDatabase));
        return new ReadLease(this, RentReader(), inTransaction: false);
    }

    /// <summary>Borrows a reader inside one read transaction: all its statements see one state. Keep it under 2 s.</summary>
    public ReadLease ReadSnapshot()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(LurmDatabase));
        var session = RentReader();
        session.Execute("BEGIN");
        return new ReadLease(this, session, inTransaction: true);
    }

    /// <summary>Borrows the writer with a begun transaction that already holds SQLite's write lock.</summary>
    /// <param name="cancellationToken">Checked while other threads of this process write.</param>
    public WriteLease Write(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(LurmDatabase));
        _writerTurn.Wait(cancellationToken);
        try
        {
            _writer.Execute("BEGIN IMMEDIATE");
            return new WriteLease(this, _writer, inTransaction: true);
        }
        catch
        {
            _writerTurn.Release();
            throw;
        }
    }

    /// <summary>Borrows the writer without a transaction, for checkpoints, vacuum and pragmas.</summary>
    public WriteLease Maintain(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(LurmDatabase));
        _writerTurn.Wait(cancellationToken);
        return new WriteLease(this, _writer, inTransaction: false);
    }

    /// <summary>Opens a connection of its own that may write, for the caller to dispose; it queues in SQLite, as another process would.</summary>
    public Session OpenWriter() => new(_connectionString, $"PRAGMA busy_timeout={BusySeconds * 1000}; {WriterPragmas}");

    /// <summary>Waits for the writer, then closes everything. Readers still lent out close when they come back.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _writerTurn.Wait();
        _disposed = true;
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _writer.Dispose();
        _writerTurn.Release();
    }

    internal static string ConnectionString(string path, SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = mode,
        Cache = SqliteCacheMode.Private,
        Pooling = false,
        DefaultTimeout = BusySeconds,
    }.ToString();

    internal void Return(Session session)
    {
        if (_disposed)
        {
            session.Dispose();
            return;
        }

        _readers.Add(session);
    }

    internal void ReturnWriter() => _writerTurn.Release();

    private Session RentReader() => _readers.TryTake(out var session) ? session : new Session(_connectionString, $"PRAGMA busy_timeout={BusySeconds * 1000}; {ReaderPragmas}");
}

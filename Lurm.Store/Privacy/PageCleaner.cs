using System.Diagnostics;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Privacy;

/// <summary>Empties the write-ahead log and zeroes every unused byte of the database file, so that rows deleted before are in neither.</summary>
/// <remarks>
/// SQLite never reads the bytes that are zeroed, so that readers need not wait, and a crash at any moment leaves a file that says the same. It is done
/// past SQLite's cache, under its write lock and while the log is empty: then the file is the truth, and nobody can put an older page over it.
/// Each transaction ends with a commit of this cleaner's own connection, at which every other one forgets the pages it has cached.
/// Reads the whole file and writes only what changes. One thread.
/// </remarks>
internal sealed class PageCleaner : IDisposable
{
    private const int CheckpointMilliseconds = 100;
    private const int BufferBytes = 1 << 20;

    private readonly Connections _connections;
    private readonly Session _session;
    private readonly SqliteFile _file;
    private readonly SqliteFile _log;
    private readonly byte[] _buffer = new byte[BufferBytes];

    public PageCleaner(Connections connections)
    {
        _connections = connections;
        _session = connections.OpenWriter();
        _session.QueryInt64("PRAGMA user_version");
        _file = SqliteFile.Database(_session);
        _log = SqliteFile.Log(_session);
    }

    /// <summary>How much of the file one transaction goes through, in bytes: other writers get a turn after each.</summary>
    public long BytesPerTransaction { get; init; } = 256 << 20;

    /// <summary>Pages gone through so far.</summary>
    public long PagesRead { get; private set; }

    /// <summary>Pages that had something left over.</summary>
    public long PagesCleaned { get; private set; }

    /// <summary>Cleans the file and runs <paramref name="finish"/> in the very transaction that ends it.</summary>
    /// <param name="patience">How long to wait, each time, for readers that keep the log from being emptied.</param>
    /// <param name="finish">Writes something: the certificate.</param>
    /// <param name="cancellationToken">Checked between buffers.</param>
    /// <returns>False where a reader did not let the log be emptied in time.</returns>
    public bool Run(TimeSpan patience, Action<Session> finish, CancellationToken cancellationToken)
    {
        uint next = 1;
        long seen = 0;
        var moved = false;
        var waiting = Stopwatch.StartNew();
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var turn = _connections.Maintain(cancellationToken);
            if (!TryBegin())
            {
                continue;
            }

            try
            {
                // What others wrote between two transactions may have moved an unclean page to a number that was clean.
                var version = _session.QueryInt64("PRAGMA data_version");
                moved |= next > 1 && version != seen;
                seen = version;

                var map = new PageMap(_file);
                var end = next + BytesPerTransaction / map.PageBytes;
                var isLast = end > map.Pages;
                Clean(map, isLast && moved ? 1 : next, isLast ? map.Pages : (uint)end, cancellationToken);
                if (isLast)
                {
                    finish(_session);
                    _session.Execute("COMMIT");
                    return true;
                }

                _session.Execute("INSERT INTO settings (name, value) VALUES ('cleanings', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1; COMMIT");
                next = (uint)end + 1;
                waiting.Restart();
            }
            finally
            {
                Rollback();
            }
        }
        while (waiting.Elapsed < patience);

        return false;
    }

    public void Dispose() => _session.Dispose();

    // True with the write lock and an empty log; false where a reader or another process was in the way.
    private bool TryBegin()
    {
        // Waits this long for readers inside SQLite, then lets other writers of this process have a turn.
        _session.Execute($"PRAGMA busy_timeout={CheckpointMilliseconds}");
        using (var checkpoint = _session.Prepare("PRAGMA wal_checkpoint(TRUNCATE)"))
        {
            if (!checkpoint.Step() || checkpoint.Int64(0) != 0)
            {
                return false;
            }
        }

        // What this connection has cached may be older than what it is about to clean.
        _session.Execute($"PRAGMA busy_timeout={Connections.BusySeconds * 1000}; PRAGMA shrink_memory; BEGIN IMMEDIATE");
        if (_log.Length == 0)
        {
            return true;
        }

        Rollback();
        return false;
    }

    private void Clean(PageMap map, uint first, uint last, CancellationToken cancellationToken)
    {
        var written = PagesCleaned;
        var perBuffer = (uint)(BufferBytes / map.PageBytes);
        for (var start = first; start <= last; start += perBuffer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = (int)Math.Min(perBuffer, last - start + 1);
            _file.Read(_buffer.AsSpan(0, count * map.PageBytes), Offset(map, start));
            for (var i = 0; i < count; i++)
            {
                var number = start + (uint)i;
                var page = _buffer.AsSpan(i * map.PageBytes, map.UsableBytes);
                var (from, to) = UnusedBytes.Clear(page, number, map.Use(number));
                if (to > 0)
                {
                    _file.Write(page[from..to], Offset(map, number) + from);
                    PagesCleaned++;
                }
            }

            PagesRead += count;
        }

        if (PagesCleaned > written)
        {
            _file.Sync();
        }
    }

    private void Rollback()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_session.Handle) == 0)
        {
            _session.Execute("ROLLBACK");
        }
    }

    private static long Offset(PageMap map, uint number) => (long)(number - 1) * map.PageBytes;
}

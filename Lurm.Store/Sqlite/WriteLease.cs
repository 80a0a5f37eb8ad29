namespace Lurm.Store.Sqlite;

/// <summary>
/// The writer, borrowed with an open transaction: <c>using var write = connections.Write(ct); …; write.Commit();</c>
/// Without <see cref="Commit"/>, disposing rolls back. Keep it under a second: every other writer of this and other processes waits.
/// </summary>
internal sealed class WriteLease : IDisposable
{
    private readonly Connections _owner;
    private Session? _session;
    private bool _open;

    internal WriteLease(Connections owner, Session session, bool inTransaction)
    {
        _owner = owner;
        _session = session;
        _open = inTransaction;
    }

    public Session Session => _session ?? throw new ObjectDisposedException(nameof(WriteLease));

    /// <summary>Makes it durable (the write-ahead log is synced before this returns).</summary>
    public void Commit()
    {
        Session.Execute("COMMIT");
        _open = false;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _session, null) is not { } session)
        {
            return;
        }

        try
        {
            // SQLite has rolled back by itself after some faults (disk full, I/O); a second ROLLBACK would hide them.
            if (_open && SQLitePCL.raw.sqlite3_get_autocommit(session.Handle) == 0)
            {
                session.Execute("ROLLBACK");
            }
        }
        finally
        {
            _owner.ReturnWriter();
        }
    }
}

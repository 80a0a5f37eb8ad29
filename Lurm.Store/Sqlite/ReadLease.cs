namespace Lurm.Store.Sqlite;

/// <summary>A borrowed reader: <c>using var read = connections.Read(); using var statement = read.Session.Prepare("SELECT …");</c></summary>
/// <remarks>Every statement sees the database as of its own first step. For several statements on one state, <see cref="Connections.ReadSnapshot"/>.</remarks>
internal sealed class ReadLease : IDisposable
{
    private readonly Connections _owner;
    private readonly bool _inTransaction;
    private Session? _session;

    internal ReadLease(Connections owner, Session session, bool inTransaction)
    {
        _owner = owner;
        _session = session;
        _inTransaction = inTransaction;
    }

    public Session Session => _session ?? throw new ObjectDisposedException(nameof(ReadLease));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _session, null) is not { } session)
        {
            return;
        }

        if (_inTransaction)
        {
            session.Execute("COMMIT");
        }

        _owner.Return(session);
    }
}

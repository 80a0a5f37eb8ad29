using System.Diagnostics;
using System.Globalization;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>The right to write representations and snapshots: one process at a time, kept alive by a heartbeat.</summary>
internal sealed class EmbedLease : IDisposable
{
    private const string Name = "embed";
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    /// <summary>A heartbeat older than this means that the owner is gone. Six beats: a process that is only slow keeps its lease.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Connections _connections;
    private readonly TimeProvider _time;
    private readonly string _owner;
    private readonly ITimer _timer;

    private EmbedLease(Connections connections, TimeProvider time, string owner)
    {
        _connections = connections;
        _time = time;
        _owner = owner;
        _timer = time.CreateTimer(_ => Renew(), null, Beat, Beat);
    }

    /// <summary>Takes the lease.</summary>
    /// <exception cref="StoreException">Conflict: another living process, or another thread of this one, holds it.</exception>
    public static EmbedLease Take(Connections connections, TimeProvider time, CancellationToken cancellationToken)
    {
        var owner = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}");
        using var write = connections.Write(cancellationToken);
        using (var find = write.Session.Prepare("SELECT owner, heartbeat FROM leases WHERE name = ?1"))
        {
            find.BindText(1, Name);
            if (find.Step() && IsAlive(find.Text(0)!, DateTimeOffset.FromUnixTimeMilliseconds(find.Int64(1)), time.GetUtcNow()))
            {
                throw new StoreException(StoreFault.Conflict, $"another embedding is running ({Readable(find.Text(0)!)}); one at a time writes representations. Wait until it ends.");
            }
        }

        using (var take = write.Session.Prepare("INSERT INTO leases (name, owner, heartbeat) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, heartbeat = excluded.heartbeat"))
        {
            take.BindText(1, Name).BindText(2, owner).Bind(3, time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
        }

        write.Commit();
        return new EmbedLease(connections, time, owner);
    }

    /// <summary>Checks, inside the caller's write transaction, that the lease is still ours, and renews it.</summary>
    /// <exception cref="StoreException">Conflict: it was taken by another process while this one was stopped.</exception>
    public void Hold(Session session)
    {
        using var renew = session.Prepare("UPDATE leases SET heartbeat = ?3 WHERE name = ?1 AND owner = ?2 RETURNING 1");
        renew.BindText(1, Name).BindText(2, _owner).Bind(3, _time.GetUtcNow().ToUnixTimeMilliseconds());
        if (!renew.Step())
        {
            throw new StoreException(StoreFault.Conflict, $"the embedding lease was taken over by another process, because this one did not move for {Patience.TotalSeconds} s. Run it again when the other is done.");
        }

        while (renew.Step())
        {
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        try
        {
            using var write = _connections.Write(CancellationToken.None);
            using (var drop = write.Session.Prepare("DELETE FROM leases WHERE name = ?1 AND owner = ?2"))
            {
                drop.BindText(1, Name).BindText(2, _owner).Run();
            }

            write.Commit();
        }
        catch (StoreException)
        {
            // The lease runs out by itself; what went wrong here must not hide what ended the embedding.
        }
    }

    private static bool IsAlive(string owner, DateTimeOffset heartbeat, DateTimeOffset now)
    {
        // A heartbeat from the future was beaten before the clock was set back; a living owner beats again soon, by the new time.
        if ((now - heartbeat).Duration() > Patience)
        {
            return false;
        }

        var parts = owner.Split(':');
        if (parts.Length != 3 || parts[0] != Environment.MachineName || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var process))
        {
            return true;
        }

        // A killed process of this machine need not be waited for.
        try
        {
            using var _ = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Readable(string owner) => owner.Split(':') is [var machine, var process, _] ? $"process {process} on {machine}" : owner;

    private void Renew()
    {
        try
        {
            using var write = _connections.Write(CancellationToken.None);
            using (var renew = write.Session.Prepare("UPDATE leases SET heartbeat = ?3 WHERE name = ?1 AND owner = ?2"))
            {
                renew.BindText(1, Name).BindText(2, _owner).Bind(3, _time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
            }

            write.Commit();
        }
        catch (Exception exception) when (exception is StoreException or ObjectDisposedException)
        {
            // The next beat tries again; Hold finds out where the lease is lost.
        }
    }
}

using Lurm.Store.Queries;

namespace Lurm.Store;

/// <content>Ids in memory.</content>
public sealed partial class LurmDatabase
{
    private UserDirectory? _knownUsers;

    /// <summary>Ids and row numbers for one query, as of now: one small read asks whether anyone was erased since, by whichever process.</summary>
    internal UserDirectory KnownUsers
    {
        get
        {
            long erasures;
            using (var read = Connections.Read())
            {
                erasures = read.Session.QueryInt64("SELECT value FROM settings WHERE name = 'erasure_version'");
            }

            var known = Volatile.Read(ref _knownUsers);
            if (known?.ErasureVersion == erasures)
            {
                return known;
            }

            // Of two threads that see the erasure one keeps its directory; both are right.
            var next = new UserDirectory(this, erasures);
            _ = Interlocked.CompareExchange(ref _knownUsers, next, known);
            return next;
        }
    }
}

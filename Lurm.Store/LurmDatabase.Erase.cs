using Lurm.Store.Attributes;
using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    private static readonly TimeSpan ResumePatience = TimeSpan.FromMilliseconds(200);

    /// <summary>Where tests stop an erasure.</summary>
    internal Action<ErasureStep>? ErasureProbe { get; set; }

    /// <summary>How long an erasure waits for older readers before it is left pending.</summary>
    internal TimeSpan ErasurePatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Every erasure ever asked for, newest first: the certificates.</summary>
    public IReadOnlyList<EraseReport> Erasures
    {
        get
        {
            var keys = new List<long>();
            using (var read = Connections.Read())
            using (var statement = read.Session.Prepare("SELECT erasure_key FROM erasures ORDER BY erasure_key DESC"))
            {
                while (statement.Step())
                {
                    keys.Add(statement.Int64(0));
                }
            }

            var erasure = new Erasure(this);
            return [.. keys.Select(key => erasure.Report(key, "its next turn: opening the database, the next erasure, embedding or large batch, or FinishErasures"))];
        }
    }

    /// <summary>Forgets users: their histories, attributes, vectors and audience memberships, physically, in every file of the database.</summary>
    /// <param name="userIds">Ids; unknown ones are counted.</param>
    /// <param name="allowReturn">Whether later batches may bring the ids back; otherwise their rows are dropped and counted.</param>
    /// <param name="cancellationToken">Checked between steps; once the intent is written the erasure is finished later.</param>
    /// <returns>A certificate, or a report that says what the erasure waits for.</returns>
    public EraseReport Erase(IReadOnlyList<string> userIds, bool allowReturn = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        var ids = new HashSet<string>(userIds.Where(id => !string.IsNullOrEmpty(id)), StringComparer.Ordinal);
        long key;
        using (var write = Connections.Write(cancellationToken))
        {
            var keys = new List<long>();
            foreach (var id in ids)
            {
                if (UserRows.TryGetKey(write.Session, id, out var userKey))
                {
                    keys.Add(userKey);
                }
            }

            // Ids that nobody has yet are suppressed too: a batch on its way may hold them.
            key = new Erasure(this).Request(write.Session, keys, allowReturn ? [] : ids, allowReturn ? ids : [], ids.Count - keys.Count, "request");
            write.Commit();
        }

        return Finish(key, cancellationToken);
    }

    /// <summary>Forgets the users that pass <paramref name="filter"/>; see <see cref="Erase(IReadOnlyList{string}, bool, CancellationToken)"/>.</summary>
    public EraseReport Erase(UserFilter filter, bool allowReturn = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var keys = SelectUserKeys(filter, cancellationToken);
        var ids = new string?[keys.Length];
        GetUserIds(keys, ids);
        return Erase([.. ids.OfType<string>()], allowReturn, cancellationToken);
    }

    /// <summary>Erasures whose last trace is not gone yet. Reads one small table.</summary>
    public long PendingErasures
    {
        get
        {
            using var read = Connections.Read();
            return CountPendingErasures(read.Session);
        }
    }

    /// <summary>Takes pending erasures as far as they go; so do opening the database, the end of an embedding and the end of a large batch.</summary>
    /// <returns>How many are still pending.</returns>
    public int FinishErasures(CancellationToken cancellationToken = default) => FinishErasures(ErasurePatience, cancellationToken);

    internal int FinishErasures(TimeSpan patience, CancellationToken cancellationToken)
    {
        var erasure = new Erasure(this);
        return erasure.Pending().Count(key => erasure.Run(key, patience, cancellationToken) is not null);
    }

    /// <summary>Finishes at opening, and behind what an erasure may have waited for, what a crash or an old reader left; what cannot be finished now stays pending and is seen in the statistics.</summary>
    internal void ResumeErasures()
    {
        try
        {
            FinishErasures(ResumePatience, CancellationToken.None);
        }
        catch (StoreException exception) when (exception.Fault == StoreFault.Unavailable)
        {
            // Another process writes, or the disk is full: opening to read must still work.
        }
    }

    internal void OnErasureStep(ErasureStep step) => ErasureProbe?.Invoke(step);

    internal long EraseRepresentationsOf(long[] userKeys)
    {
        long erased = 0;
        EraseRepresentations(userKeys, ref erased);
        return erased;
    }

    // What generations, audiences and snapshots know of the users; repeatable.
    partial void EraseRepresentations(long[] userKeys, ref long erased);

#pragma warning disable CA1822 // Declared for an instance, beside parts that need one.
    partial void CountErasures(DatabaseStats stats, Session session) => stats.PendingErasures = CountPendingErasures(session);
#pragma warning restore CA1822

    private static long CountPendingErasures(Session session) => session.QueryInt64("SELECT count(*) FROM erasures WHERE state = 'pending'");

    private EraseReport Finish(long key, CancellationToken cancellationToken)
    {
        OnErasureStep(ErasureStep.Requested);
        var erasure = new Erasure(this);
        string? waitsFor = null;
        foreach (var pending in erasure.Pending())
        {
            var reason = erasure.Run(pending, ErasurePatience, cancellationToken);
            waitsFor = pending == key ? reason : waitsFor;
        }

        return erasure.Report(key, waitsFor);
    }
}

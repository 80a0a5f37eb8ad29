using Lurm.Index;
using Lurm.Store.Generations;
using Lurm.Store.Histories;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Operations;

/// <summary>Compares one generation's representations with users, and the index with representations.</summary>
internal sealed class GenerationCheck(LurmDatabase database, Generation generation, Action<string, string, bool> report, bool repair)
{
    private const float LengthTolerance = 1e-3f;

    // An index may keep vectors in fewer bits; what is another user's vector is further away than any rounding.
    private const float SameVectorScore = 0.99f;

    // User keys to tell every process's index about; each applies what the rows say.
    private readonly List<(long UserKey, bool Removed)> _stale = [];
    private bool _isDamaged;

    public void Run(CancellationToken cancellationToken)
    {
        CheckUsers();
        var dimensions = CheckModel();
        if (dimensions > 0)
        {
            CheckVectors(dimensions, cancellationToken);
        }

        // Before the index is looked at: it may have to be built from these rows.
        Repair();
        if (dimensions > 0 && generation.State == GenerationState.Published && CheckSnapshot() && !_isDamaged)
        {
            CheckIndex(cancellationToken);
        }

        Repair();
    }

    private int CheckModel()
    {
        try
        {
            return database.ReadBundle(generation.ModelId).Card.Dimensions;
        }
        catch (StoreException exception)
        {
            report("representations", $"the model of generation {generation.Number} cannot be read: {exception.Message.TrimEnd('.')}. Put the bundle back, or train anew", false);
            return 0;
        }
    }

    private void CheckUsers()
    {
        using var read = database.Connections.Read();
        using var orphans = read.Session.Prepare(
            """
            SELECT representation FROM representations
            WHERE representation BETWEEN ?1 AND ?2 AND representation - ?1 NOT IN (SELECT user_key FROM users)
            """);
        orphans.Bind(1, RepresentationKey.First(generation.Number)).Bind(2, RepresentationKey.Last(generation.Number));
        while (orphans.Step())
        {
            var userKey = RepresentationKey.UserKey(orphans.Int64(0));
            report("representations", $"generation {generation.Number} has a representation of user {userKey}, who is not there. Run with repair, which removes it", repair);
            _stale.Add((userKey, Removed: true));
        }
    }

    private void CheckVectors(int dimensions, CancellationToken cancellationToken) => RepresentationReader.Visit(
        database.Connections,
        generation.Number,
        (userKey, blob) =>
        {
            if (FindDamage(blob, dimensions) is { } reason)
            {
                report("representations", $"the representation of user {userKey} in generation {generation.Number} is damaged: {reason}. Run with repair, which removes it; the next 'lurm embed' makes it anew from the user's history", repair);
                _stale.Add((userKey, Removed: true));
                _isDamaged = !repair;
            }
        },
        cancellationToken);

    // The length also finds damage where there is no checksum.
    private static string? FindDamage(ReadOnlySpan<byte> blob, int dimensions)
    {
        if (!RepresentationBlob.TryRead(blob, out var vector, out var reason))
        {
            return reason;
        }

        var length = vector.Length == dimensions ? MathF.Sqrt(Dot(vector, vector)) : float.NaN;
        return Math.Abs(length - 1) <= LengthTolerance ? null : $"it has {vector.Length} components of length {length}, expected {dimensions} of length 1";
    }

    // False where a damaged snapshot still stands: its index has nothing to compare with.
    private bool CheckSnapshot()
    {
        if (generation.Snapshot is not { } name)
        {
            return true;
        }

        var files = new SnapshotFiles(database.Folder);
        try
        {
            using var index = SnapshotProbe.Open(database, generation);
            index.Check();
            return true;
        }
        catch (IndexException exception)
        {
            report("index", $"the snapshot '{name}' is damaged or cannot be opened: {exception.Message.TrimEnd('.')}. It is a cache; run with repair, and it is built from the representations", repair);
            if (repair)
            {
                using var write = database.Connections.Write();
                GenerationTable.DropSnapshot(write.Session, generation.Number);
                write.Commit();
                files.Delete(name);
            }

            return repair;
        }
    }

    private void CheckIndex(CancellationToken cancellationToken)
    {
        using var view = GenerationView.Open(database, generation, cancellationToken);
        if (!view.ApplyChanges(database.Connections, cancellationToken))
        {
            // Another process published meanwhile; its generation is for the next check.
            return;
        }

        var rows = 0;
        var kept = new float[view.Index.Dimensions];
        RepresentationReader.Visit(
            database.Connections,
            generation.Number,
            (userKey, blob) =>
            {
                rows++;
                if (RepresentationBlob.TryRead(blob, out var vector, out _) && vector.Length == kept.Length
                    && (!view.Index.TryGetVector(userKey, kept) || Dot(vector, kept) < SameVectorScore))
                {
                    report("index", $"the index of generation {generation.Number} does not hold the representation of user {userKey}. Run with repair", repair);
                    _stale.Add((userKey, Removed: false));
                }
            },
            cancellationToken);
        if (view.Index.Count != rows && _stale.Count == 0)
        {
            report("index", $"the index of generation {generation.Number} holds {view.Index.Count} users; there are {rows} representations. Run with repair, which builds it anew", repair);
            DropSnapshot();
        }
    }

    private void DropSnapshot()
    {
        if (repair && generation.Snapshot is { } name)
        {
            using var write = database.Connections.Write();
            GenerationTable.DropSnapshot(write.Session, generation.Number);
            write.Commit();
            new SnapshotFiles(database.Folder).Delete(name);
        }
    }

    private void Repair()
    {
        if (!repair || _stale.Count == 0)
        {
            return;
        }

        using var write = database.Connections.Write();
        var change = GenerationTable.TakeChanges(write.Session, _stale.Count);
        foreach (var (userKey, removed) in _stale)
        {
            if (removed)
            {
                GenerationTable.Delete(write.Session, generation.Number, userKey);
            }

            GenerationTable.NoteChange(write.Session, change++, generation.Number, userKey, removed);
        }

        MarkChanged(write.Session, _stale.Where(user => user.Removed).Select(user => user.UserKey));
        write.Commit();
        _stale.Clear();
    }

    // Whoever has a history counts as changed, so that the next embedding takes it up.
    private static void MarkChanged(Session session, IEnumerable<long> userKeys)
    {
        using var mark = session.Prepare("UPDATE users SET history_version = ?2 WHERE user_key = ?1 AND event_count > 0");
        mark.Bind(2, HistoryVersion.Next(session));
        foreach (var userKey in userKeys)
        {
            mark.Bind(1, userKey).Run();
        }
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = 0f;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}

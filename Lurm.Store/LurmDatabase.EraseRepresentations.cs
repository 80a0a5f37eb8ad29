using Lurm.Store.Audiences;
using Lurm.Store.Generations;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Snapshots are rewritten under the embedding lease; an erasure that does not get it in this time deletes them instead, and the next embedding writes new ones.</summary>
    private static readonly TimeSpan LeasePatience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Takes users out of every generation, audience, snapshot file and this process's index; other processes follow when they next look.
    /// Repeatable: a second call finds nothing left and finishes what a first one did not.
    /// </summary>
    partial void EraseRepresentations(long[] userKeys, ref long erased)
    {
        if (userKeys.Length == 0)
        {
            return;
        }

        using (var write = Connections.Write())
        {
            var generations = GenerationTable.All(write.Session);
            var change = GenerationTable.TakeChanges(write.Session, userKeys.Length);
            for (var i = 0; i < userKeys.Length; i++)
            {
                foreach (var generation in generations)
                {
                    erased += GenerationTable.Delete(write.Session, generation.Number, userKeys[i]) ? 1 : 0;
                }

                GenerationTable.NoteChange(write.Session, change + i, generation: 0, userKeys[i], removed: true);
            }

            AudienceTable.Erase(write.Session, [.. userKeys]);
            write.Commit();
        }

        if (_views is { } views && views.IsOpen)
        {
            views.Refresh(CancellationToken.None);
        }

        PurgeSnapshots();
    }

    /// <summary>Replaces the published snapshot by one without erased users, and drops those of retired generations, which are built again when gone back to.</summary>
    private void PurgeSnapshots()
    {
        EmbedLease? lease = null;
        var deadline = Time.GetTimestamp();
        while (lease is null && Time.GetElapsedTime(deadline) < LeasePatience)
        {
            try
            {
                lease = EmbedLease.Take(Connections, Time, CancellationToken.None);
            }
            catch (StoreException exception) when (exception.Fault == StoreFault.Conflict)
            {
                Thread.Sleep(50);
            }
        }

        using (lease)
        {
            List<Generation> stale;
            using (var read = Connections.ReadSnapshot())
            {
                var last = GenerationTable.LastChange(read.Session);
                stale = GenerationTable.All(read.Session).FindAll(generation => generation.Snapshot is not null && generation.Watermark < last);
            }

            foreach (var generation in stale)
            {
                if (lease is not null && generation.State == GenerationState.Published && TryRefreshSnapshot(lease, generation.Number))
                {
                    continue;
                }

                using var write = Connections.Write();
                GenerationTable.DropSnapshot(write.Session, generation.Number);
                write.Commit();
            }

            DeleteFiles(stale);
        }
    }

    // Somebody else's damaged vector holds up no erasure: without a snapshot, whoever needs the index meets the damage and says so.
    private bool TryRefreshSnapshot(EmbedLease lease, long generation)
    {
        try
        {
            new Embedding(this, lease, new EmbedOptions(), null, CancellationToken.None).RefreshSnapshot(generation, pending: 0);
            return true;
        }
        catch (StoreException exception) when (exception.Fault == StoreFault.Corrupt)
        {
            return false;
        }
    }

    private void DeleteFiles(List<Generation> stale)
    {
        var files = new SnapshotFiles(Folder);
        foreach (var generation in stale)
        {
            files.Delete(generation.Snapshot!);
        }
    }
}

using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>Deletes old generations and files, under the lease.</summary>
internal sealed class GenerationSweep(LurmDatabase database, EmbedLease lease, CancellationToken cancellationToken)
{
    private readonly Connections _connections = database.Connections;
    private readonly SnapshotFiles _snapshots = new(database.Folder);

    /// <summary>Deletes generations that nobody goes back to any more, builds that were given up, and files that no generation names.</summary>
    /// <param name="keepRetired">How long a retired generation is kept.</param>
    public void Run(TimeSpan keepRetired)
    {
        var now = database.Time.GetUtcNow();
        List<Generation> all;
        using (var read = _connections.ReadSnapshot())
        {
            all = GenerationTable.All(read.Session);
        }

        var published = all.Find(generation => generation.State == GenerationState.Published);
        var old = now - keepRetired;
        foreach (var generation in all)
        {
            var isGivenUp = generation.State == GenerationState.Building && published is not null && generation.Number < published.Number;
            if (isGivenUp || (generation.State == GenerationState.Retired && IsRetiredBefore(generation.Number, old)))
            {
                DeleteGeneration(generation.Number);
            }
        }

        using (var read = _connections.ReadSnapshot())
        {
            all = GenerationTable.All(read.Session);
        }

        _snapshots.Sweep(all.Select(generation => generation.Snapshot).OfType<string>());
    }

    private bool IsRetiredBefore(long generation, DateTimeOffset time)
    {
        using var read = _connections.Read();
        using var statement = read.Session.Prepare("SELECT retired_at FROM generations WHERE generation = ?1");
        statement.Bind(1, generation);
        return statement.Step() && statement.Int64(0) < time.ToUnixTimeMilliseconds();
    }

    /// <summary>In slices, so that no other writer waits long.</summary>
    private void DeleteGeneration(long number)
    {
        const int Slice = 20_000;
        for (var deleted = Slice; deleted == Slice;)
        {
            using var write = _connections.Write(cancellationToken);
            lease.Hold(write.Session);
            using (var delete = write.Session.Prepare("DELETE FROM representations WHERE representation IN (SELECT representation FROM representations WHERE representation BETWEEN ?1 AND ?2 LIMIT ?3)"))
            {
                delete.Bind(1, RepresentationKey.First(number)).Bind(2, RepresentationKey.Last(number)).Bind(3, Slice).Run();
            }

            deleted = write.Session.Changes;
            if (deleted < Slice)
            {
                using (var forget = write.Session.Prepare("DELETE FROM representation_changes WHERE generation = ?1"))
                {
                    forget.Bind(1, number).Run();
                }

                using var drop = write.Session.Prepare("DELETE FROM generations WHERE generation = ?1");
                drop.Bind(1, number).Run();
            }

            write.Commit();
        }
    }
}

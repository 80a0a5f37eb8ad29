using System.Diagnostics;
using System.Globalization;
using Lurm.Store;
using Lurm.Store.Privacy;

namespace Lurm.Benchmarks.Histories;

/// <summary>Erases users of a large database: what it costs, and how much of that is the pass over the file. Works on the database it is given.</summary>
internal static class EraseUsers
{
    public static int Run(string[] args)
    {
        if (args.Length is < 1 or > 2)
        {
            return HistoriesBenchmark.Run([]);
        }

        var count = args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100;
        using var lurm = LurmDatabase.Open(args[0]);
        var users = lurm.GetStats().Users;
        var mebibytes = new FileInfo(Path.Combine(lurm.Folder, LurmDatabase.FileName)).Length / 1048576.0;
        for (var round = 1; round <= 3; round++)
        {
            var ids = Spread(lurm, count, round);
            var clock = Stopwatch.StartNew();
            var report = lurm.Erase(ids);
            Shop.Print($"round {round}: {report.Users:N0} of {users:N0} users, {report.Events:N0} events, from {mebibytes:N0} MiB of {LurmDatabase.FileName}: {clock.Elapsed.TotalSeconds:F2} s, {(report.IsFinished ? "finished" : report.WaitsFor)}");
        }

        var pass = Stopwatch.StartNew();
        using var cleaner = new PageCleaner(lurm.Connections);
        cleaner.Run(TimeSpan.FromSeconds(5), _ => { }, CancellationToken.None);
        Shop.Print($"the pass over a clean file alone: {cleaner.PagesRead:N0} pages in {pass.Elapsed.TotalSeconds:F2} s");
        return 0;
    }

    // Every so-and-so-many-th user of those who are left: their rows lie all over the file.
    private static string[] Spread(LurmDatabase lurm, int count, int round)
    {
        var keys = new List<long>();
        lurm.ReadHistories((key, _) => keys.Add(key));
        var chosen = Enumerable.Range(0, count).Select(i => keys[(int)((long)i * keys.Count / count) + round]).ToArray();
        var ids = new string?[count];
        lurm.GetUserIds(chosen, ids);
        return [.. ids.Select(id => id!)];
    }
}

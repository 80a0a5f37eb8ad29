using System.Diagnostics;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Benchmarks.Histories;

/// <summary>Days after the log: each, 1 % of the users (seeded) get some events, as a batch from a file.</summary>
internal static class DailyIncrements
{
    public static int Run(string[] args)
    {
        if (args.Length is < 1 or > 3)
        {
            return HistoriesBenchmark.Run([]);
        }

        var days = args.Length >= 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10;
        var eventsPerUser = args.Length == 3 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 5;
        var random = new Random(1);
        using var lurm = LurmDatabase.Open(args[0]);
        var stats = lurm.GetStats();
        var ids = Ids(lurm);
        var items = lurm.ReadItems();
        var start = stats.LastEvent!.Value;
        var file = Path.GetTempFileName();
        var each = new List<double>();
        long events = 0;
        for (var day = 1; day <= days; day++)
        {
            using (var writer = new StreamWriter(file))
            {
                writer.Write("user,item,time,kind,title,category,country\n");
                for (var i = 0; i < ids.Length / 100 * eventsPerUser; i++)
                {
                    var user = ids[(i / eventsPerUser * 100 + day * 7) % ids.Length];
                    var item = items[random.Next(items.Count)];
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{user},{item.Id},{start.AddDays(day).ToUnixTimeSeconds() + random.Next(86_400)},view,,,\n"));
                }
            }

            var clock = Stopwatch.StartNew();
            events += lurm.IngestFiles([file], Shop.Sample).Events;
            each.Add(clock.Elapsed.TotalSeconds);
        }

        File.Delete(file);
        var seconds = each.Sum();
        Shop.Print($"{days} days of {eventsPerUser} events for each of 1 % of the users, {events:N0} events into {stats.Events:N0}: {seconds:F2} s, {seconds / events * 100_000:F2} s per 100,000 events (target at most 2); first day {each[0]:F2} s, median day {each.Order().ElementAt(days / 2):F2} s");
        return 0;
    }

    private static string[] Ids(LurmDatabase lurm)
    {
        var keys = new List<long>();
        lurm.ReadHistories((key, _) => keys.Add(key));
        var ids = new string?[keys.Count];
        lurm.GetUserIds(keys.ToArray(), ids);
        return [.. ids.Select(id => id!)];
    }
}

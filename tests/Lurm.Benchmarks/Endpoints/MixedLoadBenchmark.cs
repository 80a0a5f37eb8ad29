using System.Diagnostics;
using System.Globalization;
using System.Text;
using Lurm.Benchmarks.Index;

namespace Lurm.Benchmarks.Endpoints;

/// <summary>
/// Sustained mixed load: <c>endpoints-mixed FOLDER [--users 200000] [--seconds 600] [--connections 8] [--seeds 1000] [--out FILE.csv]</c>.
/// Eight in ten requests are similar users, one is a lookalike, one brings events; every answer but 200 is an error, 429 and 503 too.
/// </summary>
internal static class MixedLoadBenchmark
{
    private const int EventsARequest = 20;

    /// <summary>Seconds after which caches are full and memory should stay as it is.</summary>
    private const int Settled = 300;

    private static readonly string[] Names = ["similar", "lookalike", "events"];

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var users = arguments.Number("users", 200_000);
        var seconds = arguments.Number("seconds", 600);
        EndpointShop.Prepare(arguments[0], users);
        using var server = ServerProcess.StartLurm(arguments[0]);
        var counts = new int[Names.Length];
        var errors = new int[Names.Length];
        var latencies = new List<double>[] { [], [], [] };
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var run = Guid.NewGuid().ToString("N");
        var seeds = arguments.Number("seeds", 1_000);
        var clients = Enumerable.Range(0, arguments.Number("connections", 8)).Select(number => Task.Run(() => ClientAsync(number))).ToArray();
        var memory = Watch(server, seconds, () => counts.Sum());
        Task.WaitAll(clients);

        Console.WriteLine("| request | answers | errors | p50, ms | p99, ms |\n| --- | --- | --- | --- | --- |");
        for (var kind = 0; kind < Names.Length; kind++)
        {
            var sorted = latencies[kind].Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Names[kind]} | {counts[kind]} | {errors[kind]} | {sorted[sorted.Length / 2]:F1} | {sorted[sorted.Length * 99 / 100]:F1} |"));
        }

        var (second, last) = (Mean(memory, 1), Mean(memory, 2));
        Console.WriteLine("\n| target | measured | |\n| --- | --- | --- |");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| 0 errors | {errors.Sum()} of {counts.Sum()} in {seconds} s | {Verdict(errors.Sum() == 0)} |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| flat memory: mean of the last third within 10 % of the middle third | {second:F0} MB, then {last:F0} MB of anonymous memory | {Verdict(last <= 1.1 * second)} |"));
        if (seconds >= 2 * Settled)
        {
            var (fifth, end) = (Mean(memory, Settled - 60, Settled), Mean(memory, seconds - 60, seconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| the last minute within 5 % of the fifth | {fifth:F0} MB, then {end:F0} MB ({(end / fifth) - 1:P1}) | {Verdict(end <= 1.05 * fifth)} |"));
        }

        if (arguments.Text("out", string.Empty) is { Length: > 0 } file)
        {
            File.WriteAllLines(file, memory.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Second:F0},{row.Resident:F1},{row.Anonymous:F1},{row.Requests}")).Prepend("second,resident_mb,anonymous_mb,requests"));
        }

        return errors.Sum() == 0 ? 0 : 1;

        async Task ClientAsync(int number)
        {
            var random = new Random(number);
            using var connection = await HttpConnection.OpenAsync(server.Address);
            while (!stop.IsCancellationRequested)
            {
                var (kind, request) = Next(random, users, seeds, $"{run}-{number}");
                var from = Stopwatch.GetTimestamp();
                var status = await connection.SendAsync(request);
                var took = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
                Interlocked.Increment(ref counts[kind]);
                if (status != 200)
                {
                    Interlocked.Increment(ref errors[kind]);
                    Console.Error.WriteLine($"{Names[kind]}: {status} {Encoding.UTF8.GetString(connection.Body.Span)}");
                }

                lock (latencies[kind])
                {
                    latencies[kind].Add(took);
                }
            }
        }
    }

    private static (int Kind, byte[] Request) Next(Random random, int users, int seeds, string batch)
    {
        switch (random.Next(10))
        {
            case 0:
                var first = random.Next(users);
                var ids = string.Join(',', Enumerable.Range(0, seeds).Select(n => $"\"u{(first + (n * 7)) % users}\""));
                return (1, HttpConnection.Post("/odata/Users/Lurm.Lookalike", "application/json", $$"""{"seeds":[{{ids}}],"percent":1}"""));
            case 1:
                var lines = string.Concat(Enumerable.Range(0, EventsARequest).Select(_ => $$"""{"user":"u{{random.Next(users)}}","item":"i{{random.Next(2_000)}}","time":"2024-05-{{random.Next(1, 29):00}}T12:00:00Z"}""" + "\n"));
                return (2, HttpConnection.Post("/events", "application/x-ndjson", lines, $"Idempotency-Key: {batch}-{random.NextInt64():x}\r\n"));
            default:
                return (0, HttpConnection.Get($"/odata/Users('u{random.Next(users)}')/Lurm.Similar(k={EndpointShop.K})"));
        }
    }

    /// <summary>Samples the server's memory every five seconds until the time is over.</summary>
    private static List<(double Second, double Resident, double Anonymous, int Requests)> Watch(ServerProcess server, int seconds, Func<int> requests)
    {
        var rows = new List<(double, double, double, int)>();
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds is var second && second < seconds)
        {
            var (resident, anonymous) = server.Memory;
            rows.Add((second, resident, anonymous, requests()));
            if (rows.Count % 6 == 0)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{second:F0} s: {requests()} requests, {anonymous:F0} MB anonymous, {resident:F0} MB resident"));
            }

            Thread.Sleep(TimeSpan.FromSeconds(Math.Min(5, Math.Max(0.1, seconds - second))));
        }

        return rows;
    }

    private static double Mean(List<(double Second, double Resident, double Anonymous, int Requests)> rows, int third) =>
        rows.Skip(rows.Count * third / 3).Take((rows.Count * (third + 1) / 3) - (rows.Count * third / 3)).Average(row => row.Anonymous);

    private static double Mean(List<(double Second, double Resident, double Anonymous, int Requests)> rows, int from, int to) =>
        rows.Where(row => row.Second >= from && row.Second < to).Select(row => row.Anonymous).DefaultIfEmpty(double.NaN).Average();

    private static string Verdict(bool holds) => holds ? "holds" : "does not hold";
}

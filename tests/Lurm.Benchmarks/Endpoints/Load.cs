using System.Diagnostics;

namespace Lurm.Benchmarks.Endpoints;

/// <summary>Drives a server over some connections and says what it took.</summary>
internal static class Load
{
    /// <summary>What one run measured.</summary>
    /// <param name="Requests">Answered requests.</param>
    /// <param name="Errors">Those whose status was not 200.</param>
    /// <param name="Rate">Answers a second.</param>
    /// <param name="CpuMicroseconds">The server's processor time a request.</param>
    /// <param name="P50">Median latency in milliseconds.</param>
    /// <param name="P99">The latency that 99 % stay below, in milliseconds.</param>
    public sealed record Result(int Requests, int Errors, double Rate, double CpuMicroseconds, double P50, double P99);

    /// <summary>Closed loop: each connection asks again as soon as it is answered.</summary>
    /// <param name="server">The server.</param>
    /// <param name="connections">How many.</param>
    /// <param name="requests">How many requests all connections make together.</param>
    /// <param name="request">The n-th request's bytes.</param>
    public static Task<Result> ClosedAsync(ServerProcess server, int connections, int requests, Func<int, byte[]> request) =>
        RunAsync(server, connections, requests, request, rate: 0);

    /// <summary>At a given rate: each connection has its own timetable, and a request that starts late because the answer before it was late counts from when it was due.</summary>
    public static Task<Result> PacedAsync(ServerProcess server, int connections, int requests, Func<int, byte[]> request, double rate) =>
        RunAsync(server, connections, requests, request, rate);

    private static async Task<Result> RunAsync(ServerProcess server, int connections, int requests, Func<int, byte[]> request, double rate)
    {
        var latencies = new double[requests];
        var next = -1;
        var errors = 0;
        var opened = new HttpConnection[connections];
        for (var i = 0; i < connections; i++)
        {
            opened[i] = await HttpConnection.OpenAsync(server.Address);
        }

        var cpu = server.CpuSeconds;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(opened.Select((connection, number) => Task.Run(async () =>
        {
            var between = rate == 0 ? 0 : connections / rate * Stopwatch.Frequency;
            for (var turn = 0; Interlocked.Increment(ref next) is var n && n < requests; turn++)
            {
                var due = start + (long)(between * (turn + ((double)number / connections)));
                var from = rate == 0 ? Stopwatch.GetTimestamp() : await WaitAsync(due);
                if (await connection.SendAsync(request(n)) != 200)
                {
                    Interlocked.Increment(ref errors);
                }

                latencies[n] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            }
        })));
        var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var spent = server.CpuSeconds - cpu;
        Array.ForEach(opened, connection => connection.Dispose());
        Array.Sort(latencies);
        return new Result(requests, errors, requests / wall, spent / requests * 1e6, latencies[requests / 2], latencies[requests * 99 / 100]);
    }

    /// <summary>When the request starts to count: its due time where that has passed, else the moment the timer wakes.</summary>
    private static async Task<long> WaitAsync(long due)
    {
        var left = due - Stopwatch.GetTimestamp();
        if (left <= 0)
        {
            return due;
        }

        await Task.Delay(TimeSpan.FromSeconds((double)left / Stopwatch.Frequency));
        return Stopwatch.GetTimestamp();
    }
}

using System.Globalization;
using System.Text;
using Lurm.Benchmarks.Index;

namespace Lurm.Benchmarks.Endpoints;

/// <summary>
/// The hot route over loopback: <c>endpoints FOLDER [--users 200000] [--requests 12000] [--connections 32] [--rounds 3] [--out FILE.csv]</c>.
/// Lurm and a plain endpoint of as many bytes run in processes of their own and take turns; this process is the client of both.
/// </summary>
internal static class EndpointsBenchmark
{
    private const int Filters = 1_000;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var folder = arguments[0];
        var users = arguments.Number("users", 200_000);
        var requests = arguments.Number("requests", 12_000);
        var connections = arguments.Number("connections", 32);
        var bare = EndpointShop.Prepare(folder, users);
        using var lurm = ServerProcess.StartLurm(folder);
        var bytes = AnswerBytesAsync(lurm, users).GetAwaiter().GetResult();
        using var plain = ServerProcess.StartPlain(bytes);
        var report = new EndpointReport(bare, bytes);

        byte[] Plain(int n) => HttpConnection.Get($"/plain/{EndpointShop.User(n, users)}");
        byte[] Similar(int n) => HttpConnection.Get($"/odata/Users('{EndpointShop.User(n, users)}')/Lurm.Similar(k={EndpointShop.K})");
        byte[] Filtered(int n, int filter) => HttpConnection.Get(
            $"/odata/Users('{EndpointShop.User(n, users)}')/Lurm.Similar(k={EndpointShop.K})?$filter={Uri.EscapeDataString(EndpointShop.Filter(filter))}");

        // Filters never seen before come first, in a server whose code is warm and whose filters are not: each is asked once.
        Measure("warm-up plain", plain, Plain, requests);
        Measure("users asked about for the first time", lurm, Similar, requests);
        Measure("filter never seen", lurm, n => Filtered(n, n), Filters);
        for (var round = 1; round <= arguments.Number("rounds", 3); round++)
        {
            var offset = round * requests;
            var best = Measure("plain", plain, n => Plain(n + offset), requests);
            var hot = Measure("similar", lurm, n => Similar(n + offset), requests);
            Measure("filter repeated", lurm, n => Filtered(n + offset, n % Filters), requests / 2);
            Paced("plain at half", plain, n => Plain(n + offset), best.Rate / 2, requests / 2);
            Paced("similar at half", lurm, n => Similar(n + offset), hot.Rate / 2, requests / 2);
        }

        Console.WriteLine(report.Markdown());
        if (arguments.Text("out", string.Empty) is { Length: > 0 } file)
        {
            File.WriteAllText(file, report.Csv());
        }

        return report.Errors == 0 ? 0 : 1;

        Load.Result Measure(string name, ServerProcess server, Func<int, byte[]> request, int count) =>
            report.Add(name, Load.ClosedAsync(server, connections, count, request).GetAwaiter().GetResult());

        void Paced(string name, ServerProcess server, Func<int, byte[]> request, double rate, int count) =>
            report.Add(name, Load.PacedAsync(server, connections, count, request, rate).GetAwaiter().GetResult());
    }

    /// <summary>The mean length of the hot route's answers, which the plain endpoint then sends; each must hold as many rows as asked for.</summary>
    private static async Task<int> AnswerBytesAsync(ServerProcess lurm, int users)
    {
        const int Sample = 100;
        using var connection = await HttpConnection.OpenAsync(lurm.Address);
        long bytes = 0;
        for (var n = 0; n < Sample; n++)
        {
            foreach (var filter in (string[])[string.Empty, "?$filter=" + Uri.EscapeDataString("Country eq 'France'")])
            {
                var target = string.Create(CultureInfo.InvariantCulture, $"/odata/Users('{EndpointShop.User(n, users)}')/Lurm.Similar(k={EndpointShop.K}){filter}");
                var status = await connection.SendAsync(HttpConnection.Get(target));
                var text = Encoding.UTF8.GetString(connection.Body.Span);
                if (status != 200 || text.Split("\"Score\":").Length - 1 != EndpointShop.K)
                {
                    throw new InvalidOperationException($"{target} was answered {status}: {text[..Math.Min(400, text.Length)]}");
                }

                bytes += filter.Length == 0 ? connection.Body.Length : 0;
            }
        }

        return (int)(bytes / Sample);
    }
}

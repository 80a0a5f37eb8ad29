using System.Globalization;
using Lurm.Benchmarks.Endpoints;
using Lurm.Benchmarks.Index;

namespace Lurm.Benchmarks.Queries;

/// <summary>The first page of an audience over REST, from a server of its own process, beside the same audience in process.</summary>
internal static class RestLookalike
{
    private const int Rounds = 5;

    /// <param name="folder">The database.</param>
    /// <param name="seeds">Ids.</param>
    /// <param name="inProcess">What the same took in process, in seconds.</param>
    public static void Run(string folder, string[] seeds, double inProcess)
    {
        using var server = ServerProcess.StartLurm(folder);
        var request = HttpConnection.Post("/odata/Users/Lurm.Lookalike", "application/json", $$"""{"seeds":["{{string.Join("\",\"", seeds)}}"],"percent":1}""");
        var took = AskAsync(server, request).GetAwaiter().GetResult();
        var median = took.Skip(1).Order().ElementAt(Rounds / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"lookalike Logistic over REST, first page: first {took[0] * 1e3:F0} ms, then median of {Rounds} {median * 1e3:F0} ms wall ({string.Join(", ", took.Skip(1).Select(one => (one * 1e3).ToString("F0", CultureInfo.InvariantCulture)))}), {median / inProcess:F2} times in process ({inProcess * 1e3:F0} ms)"));
    }

    private static async Task<List<double>> AskAsync(ServerProcess server, byte[] request)
    {
        using var connection = await HttpConnection.OpenAsync(server.Address);
        var took = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var clock = Measure.Wall();
            var status = await connection.SendAsync(request);
            took.Add(Measure.Wall() - clock);
            if (status != 200)
            {
                throw new InvalidOperationException($"the server answered {status}; expected 200");
            }
        }

        return took;
    }
}

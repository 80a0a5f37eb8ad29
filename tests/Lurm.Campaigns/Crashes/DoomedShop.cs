using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Lurm.Store;
using Lurm.Store.Tests.Generations;

namespace Lurm.Campaigns.Crashes;

/// <summary>A shop whose <c>lurm</c> processes are killed while they ingest, embed, erase, back up and serve.</summary>
internal sealed class DoomedShop : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Shop _shop = new(0);
    private readonly Ledger _ledger = new();
    private readonly Random _random;
    private readonly List<string> _users = [];
    private readonly Moments _moments;
    private int _batches;
    private int _backups;

    public DoomedShop(int seed)
    {
        _random = new Random(seed);
        _moments = new Moments(_random);
        _shop.Register("m1", head: true);
        _shop.Register("m2", seed: 2, head: true);
        _shop.Database.Dispose();
    }

    /// <summary>Starts one process, kills it at a random moment unless it is faster, and says what it was, whether it was killed, and what is wrong afterwards.</summary>
    public (string What, bool IsKilled, IReadOnlyList<string> Wrong) KillOne()
    {
        var pick = _users.Count < 200 ? 0 : _random.Next(10);
        return pick switch
        {
            < 4 => Ingest(large: _random.Next(6) == 0),
            < 6 => Embed(),
            < 7 => Erase(),
            < 8 => Backup(),
            _ => Serve(),
        };
    }

    public void Dispose() => _shop.Dispose();

    private (string, bool, IReadOnlyList<string>) Ingest(bool large)
    {
        var batch = NextBatch();
        var text = new StringBuilder("user,item,time\n");
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = large ? 20_000 : 400; i > 0; i--)
        {
            var user = UserOf(large ? 3_000 : 150);
            counts[user] = counts.GetValueOrDefault(user) + 1;
            text.Append(CultureInfo.InvariantCulture, $"{user},i{_random.Next(Shop.Items)},{1_735_700_000 + _random.Next(15_000_000)}\n");
        }

        File.WriteAllText(_shop["batch.csv"], text.ToString());
        _ledger.Begin(batch, counts);
        using var lurm = new LurmProcess("ingest", _shop.Folder, _shop["batch.csv"], "--user", "user", "--item", "item", "--time", "time", "--batch-id", batch);
        var killed = _moments.Kill(large ? "ingest, large" : "ingest", lurm);
        var wrong = Ended(lurm, killed);
        if (!killed)
        {
            _ledger.Acknowledged.Add(batch);
        }

        return Examined(large ? "ingest, large" : "ingest", killed, wrong);
    }

    private (string, bool, IReadOnlyList<string>) Embed()
    {
        string[] arguments = _random.Next(3) == 0 ? ["embed", _shop.Folder, "--all", "--model", _random.Next(2) == 0 ? "m1" : "m2"] : ["embed", _shop.Folder];
        using var lurm = new LurmProcess(arguments);
        var killed = _moments.Kill("embed", lurm);
        return Examined("embed", killed, Ended(lurm, killed));
    }

    private (string, bool, IReadOnlyList<string>) Erase()
    {
        // An unknown id is suppressed too, and nothing would show whether that came before the kill.
        var victims = Present(Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => _users[_random.Next(_users.Count)]).Distinct());
        if (victims.Length == 0)
        {
            return Ingest(large: false);
        }

        _users.RemoveAll(victims.Contains);
        File.WriteAllLines(_shop["erase.txt"], victims);
        using var lurm = new LurmProcess("erase", _shop.Folder, "--users", _shop["erase.txt"]);
        var killed = _moments.Kill("erase", lurm);
        var wrong = Ended(lurm, killed);
        if (killed)
        {
            _ledger.InDoubt = victims;
        }
        else
        {
            _ledger.Erased.UnionWith(victims);
        }

        var examined = Examined("erase", killed, wrong);
        _users.AddRange(victims.Except(_ledger.Erased));
        return examined;
    }

    private (string, bool, IReadOnlyList<string>) Backup()
    {
        var file = _shop[string.Create(CultureInfo.InvariantCulture, $"backup{_backups++}")];
        using var lurm = new LurmProcess("backup", _shop.Folder, file);
        var killed = _moments.Kill("backup", lurm);
        var wrong = Ended(lurm, killed);
        if (Autopsy.Backup(file, mustExist: !killed) is { } damaged)
        {
            wrong.Add(damaged);
        }

        return Examined("backup", killed, wrong);
    }

    private (string, bool, IReadOnlyList<string>) Serve()
    {
        using var lurm = new LurmProcess("serve", _shop.Folder, "--urls", "http://127.0.0.1:0");
        var line = lurm.FirstLine(Patience);
        var at = line?.IndexOf("http://", StringComparison.Ordinal) ?? -1;
        if (at < 0)
        {
            lurm.KillAfter(TimeSpan.Zero);
            return Examined("serve", true, [$"the server never said where it listens: {line} {lurm.Errors}"]);
        }

        using var client = new HttpClient { BaseAddress = new Uri(line![at..line!.IndexOf("/odata/", StringComparison.Ordinal)]) };
        using var stop = new CancellationTokenSource();
        var batches = Enumerable.Range(0, 40).Select(_ => (Id: NextBatch(), Seed: _random.Next())).ToList();
        var posting = Task.Run(() => Post(client, batches));
        var asking = Task.Run(() => AskUntilGone(client));
        var killed = lurm.KillAfter(TimeSpan.FromMilliseconds(1_500 * _random.NextDouble()));
        var wrong = posting.GetAwaiter().GetResult();
        asking.GetAwaiter().GetResult();
        return Examined("serve", killed, wrong);
    }

    // Small batches over REST, until the server is gone; each answer is an acknowledgement.
    private List<string> Post(HttpClient client, List<(string Id, int Seed)> batches)
    {
        foreach (var (id, seed) in batches)
        {
            var random = new Random(seed);
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            var text = new StringBuilder();
            for (var i = 0; i < 20; i++)
            {
                var user = _users[random.Next(_users.Count)];
                counts[user] = counts.GetValueOrDefault(user) + 1;
                text.Append(CultureInfo.InvariantCulture, $"{{\"user\":\"{user}\",\"item\":\"i{random.Next(Shop.Items)}\",\"time\":{1_735_700_000 + random.Next(15_000_000)}}}\n");
            }

            _ledger.Begin($"local/{id}", counts);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "events") { Content = new StringContent(text.ToString(), new MediaTypeHeaderValue("application/x-ndjson")) };
                request.Headers.Add("Idempotency-Key", id);
                using var response = client.Send(request);
                if (!response.IsSuccessStatusCode)
                {
                    return [$"events were answered {(int)response.StatusCode}"];
                }

                _ledger.Acknowledged.Add($"local/{id}");
            }
            catch (Exception gone) when (gone is HttpRequestException or SocketException or IOException)
            {
                return [];
            }
        }

        return [];
    }

    private void AskUntilGone(HttpClient client)
    {
        try
        {
            for (var i = 0; i < 2_000; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"odata/Users('{_users[i % _users.Count]}')/Lurm.Similar(k=5)");
                client.Send(request).Dispose();
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or SocketException or IOException)
        {
            // It was killed.
        }
    }

    // Some are only in batches that a kill prevented.
    private string[] Present(IEnumerable<string> users)
    {
        using var database = LurmDatabase.Open(_shop.Folder);
        return [.. users.Where(user => database.TryGetUser(user, out _))];
    }

    private (string What, bool IsKilled, IReadOnlyList<string> Wrong) Examined(string what, bool killed, List<string> wrong)
    {
        wrong.AddRange(Autopsy.Examine(_shop.Folder, _ledger));
        return (what, killed, wrong);
    }

    private static List<string> Ended(LurmProcess lurm, bool killed) => killed || lurm.ExitCode == 0 ? [] : [$"it ended with exit code {lurm.ExitCode}: {lurm.Errors.Trim()}"];

    private string NextBatch() => string.Create(CultureInfo.InvariantCulture, $"batch-{_batches++}");

    private string UserOf(int users)
    {
        if (_users.Count < users || _random.Next(20) == 0)
        {
            // Ids of 128 random bits: an erased one is found by its bytes wherever it is left.
            Span<byte> bytes = stackalloc byte[16];
            _random.NextBytes(bytes);
            _users.Add(Convert.ToHexStringLower(bytes));
        }

        return _users[_random.Next(_users.Count)];
    }
}

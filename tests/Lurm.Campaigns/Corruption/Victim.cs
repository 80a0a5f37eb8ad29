using Lurm.Store;
using Lurm.Store.Histories;
using Lurm.Store.Tests.Generations;
using Lurm.TestKit;

namespace Lurm.Campaigns.Corruption;

/// <summary>A database with two models whose answers are known, and copies of it to be damaged.</summary>
internal sealed class Victim : IDisposable
{
    private const int Users = 160;
    private const float Tolerance = 1e-5f;

    private static readonly string[] Asked = ["u1", "u2", "u7", "u33", "u100"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, byte[]> _files;
    private readonly List<(string Id, float Score)> _answers;
    private readonly Dictionary<long, int> _events;

    public Victim()
    {
        using var shop = new Shop(Users);
        shop.Register("m1", head: true);
        shop.Database.Embed();
        shop.Register("m2", seed: 2, head: true);
        shop.Database.Embed();
        shop.Database.Embed(new EmbedOptions { ModelId = "m1" });
        _answers = Answers(shop.Database);
        _events = Events(shop.Database);
        using (var read = shop.Database.Connections.Read())
        {
            Histories = Blobs(read.Session, "SELECT counts FROM histories");
            Representations = Blobs(read.Session, "SELECT vector FROM representations");
        }

        shop.Database.Dispose();
        _files = Directory.GetFiles(shop.Folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(shop.Folder, path), File.ReadAllBytes);
    }

    /// <summary>Paths inside the folder and their good bytes.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    public IReadOnlyList<byte[]> Histories { get; }

    public IReadOnlyList<byte[]> Representations { get; }

    public string Folder => _folder["damaged"];

    /// <summary>A fresh copy in which <paramref name="path"/> holds other bytes, or is missing where they are null, as all of <paramref name="lost"/> are.</summary>
    public void Copy(string path, byte[]? bytes, params ReadOnlySpan<string> lost)
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        foreach (var (name, good) in _files)
        {
            var target = Path.Combine(Folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if ((name == path ? bytes : good) is { } written && !lost.Contains(name))
            {
                File.WriteAllBytes(target, written);
            }
        }
    }

    /// <summary>Null where every answer is what it was; else what differs.</summary>
    public string? Compare(LurmDatabase database)
    {
        var answers = Answers(database);
        if (answers.Count != _answers.Count)
        {
            return $"{answers.Count} answers instead of {_answers.Count}";
        }

        // Users of one score may change places when an index is built again.
        var wrong = answers.Zip(_answers).FirstOrDefault(pair => Math.Abs(pair.First.Score - pair.Second.Score) > Tolerance);
        if (wrong != default)
        {
            return $"{wrong.First} instead of {wrong.Second}";
        }

        var events = Events(database);
        return events.Count == _events.Count && events.All(user => _events.GetValueOrDefault(user.Key) == user.Value) ? null : "histories differ";
    }

    public void Dispose() => _folder.Dispose();

    private static List<(string Id, float Score)> Answers(LurmDatabase database) =>
    [
        .. Asked.SelectMany(user => database.Similar(user, k: 6)).Select(one => (one.Id, one.Score)),
        .. database.Similar(new SimilarQuery { Events = [.. Shop.Events(Users + 1)], K = 6 }).Users.Select(one => (one.Id, one.Score)),
    ];

    private static Dictionary<long, int> Events(LurmDatabase database)
    {
        var events = new Dictionary<long, int>();
        database.ReadHistories((user, entries) =>
        {
            var sum = 0;
            foreach (ref readonly HistoryEntry entry in entries)
            {
                sum = HashCode.Combine(sum, entry);
            }

            events[user] = sum;
        });
        return events;
    }

    private static List<byte[]> Blobs(Store.Sqlite.Session session, string sql)
    {
        var blobs = new List<byte[]>();
        using var rows = session.Prepare(sql);
        while (rows.Step())
        {
            blobs.Add(rows.Blob(0).ToArray());
        }

        return blobs;
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Lurm.Store.Histories;
using Lurm.Store.Sqlite;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Privacy;

/// <summary>A database with 100 users whose every trace can be told apart: random ids of 32 characters, random attributes, histories of their own.</summary>
internal sealed class Canaries : IDisposable
{
    public const int Count = 100;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random;

    public Canaries(int seed, int others = 600, int pageBytes = Migrations.PageBytes)
    {
        _random = new Random(seed);
        Ids = [.. Enumerable.Range(0, Count).Select(_ => RandomText(24))];
        Database = LurmDatabase.Create(_folder["canaries.lurm"], PeriodGrain.Month, pageBytes);
        Database.RegisterAttribute("Secret", AttributeType.String, isIndexed: true);
        Database.RegisterAttribute("Note", AttributeType.String);

        // Several batches over the same users: rows grow, move between pages and leave their old places behind.
        string[] everyone = [.. Ids, .. Enumerable.Range(0, others).Select(i => string.Create(CultureInfo.InvariantCulture, $"ordinary-user-{i}"))];
        for (var batch = 0; batch < 4; batch++)
        {
            _random.Shuffle(everyone);
            Ingest(everyone, batch);
            Remember();
        }

        foreach (var id in Ids)
        {
            var (secret, note) = (RandomText(48), RandomText(600));
            Traces.Add(Encoding.UTF8.GetBytes(secret));
            Traces.Add(Encoding.UTF8.GetBytes(note));
            Database.SetAttributes(id, new Dictionary<string, object?> { ["Secret"] = secret, ["Note"] = note });
            Database.SetAttributes(id, new Dictionary<string, object?> { ["Note"] = note[..300] });
        }

        Traces.AddRange(Ids.Select(Encoding.UTF8.GetBytes));
    }

    public LurmDatabase Database { get; private set; }

    public string[] Ids { get; }

    /// <summary>Bytes, at least 8 each, that must be nowhere once the canaries are erased: ids, attributes, and every state each history blob has been in.</summary>
    public List<byte[]> Traces { get; } = [];

    public string this[string name] => _folder[name];

    public void Reopen()
    {
        Database.Dispose();
        Database = LurmDatabase.Open(Database.Folder);
    }

    /// <summary>Occurrences of any trace in any file of a database's folder.</summary>
    public int Occurrences(string folder)
    {
        // Traces are looked up by their first 8 bytes; one pass over each file.
        var byStart = Traces.ToLookup(trace => BitConverter.ToUInt64(trace, 0));
        var starts = byStart.Select(group => group.Key).ToHashSet();
        var found = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var bytes = ReadShared(path);
            for (var i = 0; i + 8 <= bytes.Length; i++)
            {
                var start = BitConverter.ToUInt64(bytes, i);
                if (starts.Contains(start))
                {
                    found += byStart[start].Count(trace => bytes.AsSpan(i).StartsWith(trace));
                }
            }
        }

        return found;
    }

    /// <summary>Copies the folder as a crash at this moment would leave it.</summary>
    public string CopyAs(string name)
    {
        var copy = _folder[name];
        foreach (var path in Directory.EnumerateFiles(Database.Folder, "*", SearchOption.AllDirectories))
        {
            // The shared-memory file does not survive a crash of the machine; SQLite makes it anew.
            if (!path.EndsWith("-shm", StringComparison.Ordinal))
            {
                var target = Path.Combine(copy, Path.GetRelativePath(Database.Folder, path));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllBytes(target, ReadShared(path));
            }
        }

        return copy;
    }

    public IngestReport Ingest(IEnumerable<string> users, int batch)
    {
        var path = _folder[$"batch-{batch}.csv"];
        using (var file = new StreamWriter(path))
        {
            file.WriteLine("user,item,time");
            foreach (var user in users)
            {
                for (var i = 0; i < 20; i++)
                {
                    file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{user},item-{_random.Next(50_000)},{1_600_000_000 + _random.Next(80_000_000)}"));
                }
            }
        }

        return Database.IngestFiles([path], new EventMapping { UserColumn = "user", ItemColumn = "item", TimeColumn = "time" });
    }

    public void Dispose()
    {
        Database.Dispose();
        _folder.Dispose();
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private void Remember()
    {
        using var read = Database.Connections.Read();
        using var blobs = read.Session.Prepare("SELECT counts FROM histories h JOIN users u ON u.user_key = h.user_key WHERE u.id = ?1 AND length(counts) >= 32");
        foreach (var id in Ids)
        {
            blobs.BindText(1, id);
            while (blobs.Step())
            {
                Traces.Add(blobs.Blob(0).ToArray());
            }

            blobs.Reset();
        }
    }

    private string RandomText(int bytes)
    {
        var random = new byte[bytes];
        _random.NextBytes(random);
        return Base64Url.EncodeToString(random);
    }
}

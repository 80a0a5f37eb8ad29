using System.Buffers.Binary;
using System.Text;
using Lurm.Store;
using Microsoft.Data.Sqlite;

namespace Lurm.Campaigns.Crashes;

/// <summary>Opens what a killed process left and compares it with the ledger.</summary>
internal static class Autopsy
{
    private const double RecallFloor = 0.97;

    /// <summary>What is wrong; empty where nothing is.</summary>
    public static List<string> Examine(string folder, Ledger ledger)
    {
        var wrong = new List<string>();
        using (var database = LurmDatabase.Open(folder))
        {
            Settle(database, ledger, wrong);
            Batches(database, ledger, wrong);
            wrong.AddRange(database.Check().Problems.Select(problem => $"check: {problem.Message}"));
            if (database.GetStats().PendingErasures > 0)
            {
                database.FinishErasures();
            }

            if (database.GetStats().Representations > 20 && database.MeasureRecall(k: 10, sample: 50).Recall is var recall && recall < RecallFloor)
            {
                wrong.Add($"recall is {recall}");
            }
        }

        Traces(folder, ledger, wrong);
        return wrong;
    }

    /// <summary>Whether a finished or interrupted backup is either not there or whole.</summary>
    public static string? Backup(string file, bool mustExist)
    {
        if (!File.Exists(file))
        {
            return mustExist ? "an acknowledged backup is not there" : null;
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return command.ExecuteScalar() as string == "ok" ? null : "a backup is damaged";
    }

    // An erasure that was killed happened as a whole or not at all; from here on the ledger knows which.
    private static void Settle(LurmDatabase database, Ledger ledger, List<string> wrong)
    {
        var gone = ledger.InDoubt.Where(user => !database.TryGetUser(user, out _)).ToArray();
        if (gone.Length > 0 && gone.Length < ledger.InDoubt.Count)
        {
            wrong.Add($"an erasure of {ledger.InDoubt.Count} users was left half done: {gone.Length} are gone");
        }

        ledger.Erased.UnionWith(gone);
        ledger.InDoubt = [];
    }

    private static void Batches(LurmDatabase database, Ledger ledger, List<string> wrong)
    {
        var present = new List<string>();
        using (var read = database.Connections.Read())
        using (var rows = read.Session.Prepare("SELECT id FROM batches WHERE state = 'done'"))
        {
            while (rows.Step())
            {
                present.Add(rows.Text(0)!);
            }
        }

        wrong.AddRange(ledger.Acknowledged.Except(present).Select(batch => $"the acknowledged batch {batch} is lost"));
        var expected = ledger.Expected(present);
        var actual = new Dictionary<string, int>(StringComparer.Ordinal);
        var id = new string?[1];
        database.ReadHistories((user, entries) =>
        {
            database.GetUserIds([user], id);
            foreach (ref readonly var entry in entries)
            {
                actual[id[0]!] = actual.GetValueOrDefault(id[0]!) + entry.Count;
            }
        });
        foreach (var user in expected.Keys.Union(actual.Keys))
        {
            if (expected.GetValueOrDefault(user) != actual.GetValueOrDefault(user))
            {
                wrong.Add($"{user} has {actual.GetValueOrDefault(user)} events instead of {expected.GetValueOrDefault(user)}");
                return;
            }
        }
    }

    // Where in SQLite's file format an offset lies: what kind of page, and whether among its cells or in the gap before them.
    private static string Place(byte[] bytes, int at)
    {
        if (bytes.Length < 100 || !bytes.AsSpan().StartsWith("SQLite format 3"u8))
        {
            return $"at byte {at}";
        }

        var pageBytes = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(16));
        var page = bytes.AsSpan(at / pageBytes * pageBytes, pageBytes);
        return $"at byte {at % pageBytes} of page {(at / pageBytes) + 1} of {bytes.Length / pageBytes} (type {page[0]}, {BinaryPrimitives.ReadUInt16BigEndian(page[3..])} cells from byte {BinaryPrimitives.ReadUInt16BigEndian(page[5..])}; the file says {BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(28))} pages)";
    }

    private static void Traces(string folder, Ledger ledger, List<string> wrong)
    {
        // The newest are enough: what was clean once has no way back.
        byte[][] traces = [.. ledger.Erased.TakeLast(12).Select(Encoding.UTF8.GetBytes)];
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(path);
            if (Array.Find(traces, trace => bytes.AsSpan().IndexOf(trace) >= 0) is { } found)
            {
                wrong.Add($"{Path.GetRelativePath(folder, path)} still holds the erased id {Encoding.UTF8.GetString(found)}, {Place(bytes, bytes.AsSpan().IndexOf(found))}");
            }
        }
    }
}

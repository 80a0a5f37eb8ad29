using Lurm.Store;
using Microsoft.Data.Sqlite;

namespace Lurm.Benchmarks.Histories;

/// <summary>What each table takes: on a copy, each is dropped in turn and the pages it frees are counted.</summary>
internal static class SizeOnDisk
{
    public static int Run(string[] args)
    {
        if (args.Length != 1)
        {
            return HistoriesBenchmark.Run([]);
        }

        long events;
        var copy = Path.Combine(Path.GetTempPath(), $"lurm-size-{Guid.NewGuid():n}.db");
        using (var lurm = LurmDatabase.Open(args[0]))
        {
            events = lurm.GetStats().Events;
            lurm.Backup(copy);
        }

        using (var connection = new SqliteConnection($"Data Source={copy};Pooling=False"))
        {
            connection.Open();
            Query(connection, "PRAGMA foreign_keys=OFF; PRAGMA secure_delete=OFF; SELECT 1");
            var page = Query(connection, "PRAGMA page_size");
            var free = Query(connection, "PRAGMA freelist_count");
            foreach (var table in new[] { "histories", "users", "attribute_values", "items", "batch_chunks" })
            {
                Query(connection, $"DROP TABLE {table}; SELECT 1");
                var now = Query(connection, "PRAGMA freelist_count");
                Shop.Print($"{table}: {(now - free) * page:N0} bytes, {(double)(now - free) * page / events:F3} per event");
                free = now;
            }
        }

        File.Delete(copy);
        return 0;
    }

    private static long Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}

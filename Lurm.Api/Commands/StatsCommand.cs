using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm stats</c>.</summary>
internal static class StatsCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var json = CommandExtensions.Json();
        return new Command("stats", "What the database holds.") { database, json }.Does((parsed, cancellationToken) =>
        {
            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            var stats = lurm.GetStats(cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(shell, stats);
                return;
            }

            (string Name, object? Value)[] rows =
            [
                ("users", stats.Users),
                ("items with events", stats.Items),
                ("events", stats.Events),
                ("periods", stats.Periods),
                ("first event", stats.FirstEvent),
                ("last event", stats.LastEvent),
                ("batches", stats.Batches),
                ("unfinished batches", stats.UnfinishedBatches),
                ("model", stats.ModelId ?? "none; next: lurm-train fit"),
                ("representations", stats.Representations),
                ("last embedding", stats.LastEmbedding?.EndedAt),
                ("embedded on", Device(stats.LastEmbedding)),
                ("items without interest", stats.ItemsWithoutInterest),
                ("pending erasures", stats.PendingErasures),
                ("bytes", stats.Bytes),
                ("bytes of histories", stats.HistoryBytes),
            ];
            foreach (var (name, value) in rows)
            {
                shell.Output.WriteLine($"{name,-24}{Text(value)}");
            }
        });
    }

    private static string Device(EmbeddingRun? run) => run switch
    {
        null => "nothing yet",
        { Fallback: { } reason } => $"{run.Device}, as a fallback: {reason}",
        _ => run.Device,
    };

    private static string Text(object? value) => value switch
    {
        null => "none",
        long number => number.ToString("N0", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}

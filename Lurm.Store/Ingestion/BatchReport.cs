using System.Text.Json;

namespace Lurm.Store.Ingestion;

/// <summary>The JSON of a batch's report, as <c>batches.report</c> keeps it.</summary>
internal static class BatchReport
{
    public static byte[] ToJson(IngestReport report) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        rows = report.Rows,
        events = report.Events,
        leftOut = report.LeftOut.Select(rule => new { rule = rule.Rule, rows = rule.Rows }),
        errorRows = report.ErrorRows,
        newUsers = report.NewUsers,
        newItems = report.NewItems,
        suppressed = report.Suppressed,
        milliseconds = (long)report.Elapsed.TotalMilliseconds,
    });

    /// <summary>The report of a batch that was taken in before.</summary>
    public static IngestReport FromJson(ReadOnlySpan<byte> json, string batchId)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return new IngestReport
        {
            BatchId = batchId,
            AlreadyIngested = true,
            Rows = root.GetProperty("rows").GetInt64(),
            Events = root.GetProperty("events").GetInt64(),
            LeftOut = [.. root.GetProperty("leftOut").EnumerateArray().Select(rule => new RuleCount(rule.GetProperty("rule").GetString()!, rule.GetProperty("rows").GetInt64()))],
            ErrorRows = root.GetProperty("errorRows").GetInt64(),
            NewUsers = root.GetProperty("newUsers").GetInt64(),
            NewItems = root.GetProperty("newItems").GetInt64(),
            Suppressed = root.GetProperty("suppressed").GetInt64(),
            Elapsed = TimeSpan.FromMilliseconds(root.GetProperty("milliseconds").GetInt64()),
        };
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lurm.Store.Ingestion;

/// <summary>A batch's counts, as <c>batches.report</c> keeps them in JSON: first what reading found, then what each chunk added.</summary>
internal sealed class BatchReport
{
    public long Rows { get; set; }

    public long Events { get; set; }

    public IReadOnlyList<RuleCount> LeftOut { get; set; } = [];

    public long ErrorRows { get; set; }

    public long NewUsers { get; set; }

    public long NewItems { get; set; }

    public long Suppressed { get; set; }

    public long Milliseconds { get; set; }

    public static BatchReport FromJson(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, BatchReportJson.Default.BatchReport)!;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, BatchReportJson.Default.BatchReport);

    /// <summary>The caller's view. Bad rows are listed only to who sent them: they may hold personal data.</summary>
    public IngestReport ToReport(string batchId, bool alreadyIngested, IReadOnlyList<string>? firstErrors = null) => new()
    {
        BatchId = batchId,
        AlreadyIngested = alreadyIngested,
        Rows = Rows,
        Events = Events,
        LeftOut = LeftOut,
        ErrorRows = ErrorRows,
        FirstErrors = firstErrors ?? [],
        NewUsers = NewUsers,
        NewItems = NewItems,
        Suppressed = Suppressed,
        Elapsed = TimeSpan.FromMilliseconds(Milliseconds),
    };
}

/// <summary>Reads and writes <see cref="BatchReport"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BatchReport))]
internal sealed partial class BatchReportJson : JsonSerializerContext;

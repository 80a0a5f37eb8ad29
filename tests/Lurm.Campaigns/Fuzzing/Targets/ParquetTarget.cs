using Lurm.Store.Ingestion;
using Parquet;
using Parquet.Schema;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>Parquet: footers, pages of every codec and encoding, lists.</summary>
internal sealed class ParquetTarget() : RowsTarget(TargetName)
{
    public const string TargetName = "parquet";

    private static readonly string[] Columns = [.. Wanted, "vector"];
    private static readonly string[] Users = ["u1", "u2", "u3"];
    private static readonly string[] Items = ["i1", "i2", "i1"];
    private static readonly long[] Times = [1_600_000_000, 1_600_000_001, 1_600_000_002];

    public override double Share => 20;

    public override IReadOnlyList<byte[]> Seeds { get; } = [WriteAsync().GetAwaiter().GetResult()];

    public override IReadOnlyList<byte[]> Words => ["PAR1"u8.ToArray(), "user"u8.ToArray()];

    protected override RowSource Open(byte[] input) => new ParquetRows(new MemoryStream(input), "fuzz", Columns, IsRequired);

    private static async Task<byte[]> WriteAsync()
    {
        var user = new DataField<string>("user");
        var item = new DataField<string>("item");
        var time = new DataField<long>("time");
        using var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(user, item, time), stream))
        {
            using var rows = writer.CreateRowGroup();
            await rows.WriteAsync(user, Users);
            await rows.WriteAsync(item, Items);
            await rows.WriteAsync<long>(time, Times);
            rows.CompleteValidate();
        }

        return stream.ToArray();
    }
}

using Lurm.Store.Ingestion;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>Delimited text, plain and gzip.</summary>
internal sealed class CsvTarget() : RowsTarget(TargetName)
{
    public const string TargetName = "csv";

    public override double Share => 80;

    public override IReadOnlyList<byte[]> Words => ["\""u8.ToArray(), "\"\""u8.ToArray(), "\r\n"u8.ToArray(), "\n"u8.ToArray(), ","u8.ToArray(), ";"u8.ToArray(), "\t"u8.ToArray(), "user,item,time,weight\n"u8.ToArray(), [0xEF, 0xBB, 0xBF], [0x1F, 0x8B]];

    protected override RowSource Open(byte[] input) => new CsvRows(ByteFeed.Of(new MemoryStream(input)), "fuzz", Wanted, IsRequired, null);
}

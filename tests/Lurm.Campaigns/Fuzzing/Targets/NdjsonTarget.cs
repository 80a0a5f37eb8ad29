using Lurm.Store.Ingestion;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>JSON lines.</summary>
internal sealed class NdjsonTarget() : RowsTarget(TargetName)
{
    public const string TargetName = "ndjson";

    public override double Share => 40;

    public override IReadOnlyList<byte[]> Words => ["{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), "\n"u8.ToArray(), "\"user\":"u8.ToArray(), "null"u8.ToArray(), "1e400"u8.ToArray(), "\"\\ud800\""u8.ToArray(), "\\u0000"u8.ToArray(), [0xEF, 0xBB, 0xBF]];

    protected override RowSource Open(byte[] input) => new NdjsonRows(ByteFeed.Of(new MemoryStream(input)), "fuzz", Wanted);
}

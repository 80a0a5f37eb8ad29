using Lurm.Index;
using Lurm.Index.Snapshots;
using Lurm.TestKit;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>Index snapshots: half as they come, half with every checksum made right again, as a forger would.</summary>
internal sealed class SnapshotTarget : FuzzTarget
{
    public const string TargetName = "snapshot";

    private const int Dimensions = 8;
    private const int Rows = 60;

    private readonly TemporaryFolder _folder = new();
    private readonly float[] _query = Vector(new Random(9));
    private readonly Neighbor[] _hits = new Neighbor[5];

    public SnapshotTarget()
        : base(TargetName)
    {
        var random = new Random(1); // Fixed: the vectors are the target's data.
        Seeds = [.. new[] { VectorStorage.Float32, VectorStorage.Int8 }.Select(storage =>
        {
            using var index = new HnswIndex(new HnswOptions { Dimensions = Dimensions, MaxLinks = 4, Storage = storage });
            for (var key = 0; key < Rows; key++)
            {
                index.Upsert(key, Vector(random));
            }

            index.Save(_folder["seed"], "fuzz");
            return File.ReadAllBytes(_folder["seed"]);
        })];
    }

    public override double Share => 3;

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override bool Run(byte[] input)
    {
        File.WriteAllBytes(_folder["input"], input.Length > 0 && input[^1] % 2 == 0 ? input : Forge(input));
        try
        {
            using var index = HnswIndex.Open(_folder["input"], "fuzz");
            index.Search(_query, _hits, ef: 20);
            index.Check();
            return true;
        }
        catch (IndexException fault) when (fault.Fault is IndexFault.Corrupt or IndexFault.Incompatible)
        {
            return false;
        }
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }

    private static float[] Vector(Random random) => [.. Enumerable.Range(0, Dimensions).Select(_ => (float)random.NextDouble() - 0.5f)];

    private static byte[] Forge(byte[] input)
    {
        if (input.Length < SnapshotHeader.Bytes)
        {
            return input;
        }

        byte[] forged = [.. input];
        Sign(forged.AsSpan(0, SnapshotHeader.Bytes));
        try
        {
            var header = SnapshotHeader.Read(forged, "forged", forged.Length);
            foreach (var section in header.Sections.ToArray().Where(section => section.Checksum != 0))
            {
                header.Sections[(int)section.Kind - 1] = section with { Checksum = Sum(forged.AsSpan((int)section.Offset, (int)section.Bytes)) };
            }

            header.Write().CopyTo(forged, 0);
        }
        catch (IndexException)
        {
            // Its header alone is refused; nothing behind it needs a signature.
        }

        return forged;
    }

    private static void Sign(Span<byte> page) => BitConverter.TryWriteBytes(page[^4..], Sum(page[..^4]));

    private static unsafe uint Sum(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return Checksum.Of(start, bytes.Length);
        }
    }
}

using System.Buffers.Binary;
using Lurm.Store;
using Lurm.Store.Histories;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>History blobs: half as they come, half under a checksum made right again, so that only the payload's own checks are left.</summary>
internal sealed class HistoryTarget() : FuzzTarget(TargetName)
{
    public const string TargetName = "history";

    private const int ChecksumBytes = 4;

    private readonly HistoryBuffer _buffer = new();

    public override double Share => 500;

    public override IReadOnlyList<byte[]> Seeds =>
    [
        Encode([new(660, 7, 0, 2, 2000), new(660, 300, 2, 1, 1000), new(662, 7, 0, 1, 1500)]),
        Encode([.. Enumerable.Range(0, 60).Select(i => new HistoryEntry(600 + (i / 5), i * 31 % 977, (short)(i % 3), 1 + (i % 4), 1000L * (1 + (i % 4))))
            .OrderBy(entry => entry.Period).ThenBy(entry => entry.Item).ThenBy(entry => entry.Kind)]),
        Encode([new(0, 0, 0, 1, 1000), new(HistoryCodec.MaxPeriod, int.MaxValue, short.MaxValue, int.MaxValue, 0)]),
    ];

    public override bool Run(byte[] input)
    {
        _buffer.Clear();
        var blob = input;
        if (input.Length > 16 && input[^5] % 2 == 0)
        {
            blob = [.. input];
            BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(blob.Length - ChecksumBytes), SegmentFrame.Crc32C(blob.AsSpan(0, blob.Length - ChecksumBytes - 1)));
        }

        try
        {
            HistoryCodec.Decode(blob, _buffer);
        }
        catch (StoreException fault) when (fault.Fault == StoreFault.Corrupt)
        {
            return _buffer.Count == 0 ? false : throw new InvalidOperationException("a refused blob left entries behind");
        }

        // What is accepted must be what the writer could have written.
        var again = Encode(_buffer.Entries);
        var decoded = new HistoryBuffer();
        HistoryCodec.Decode(again, decoded);
        return decoded.Entries.SequenceEqual(_buffer.Entries) ? true : throw new InvalidOperationException("an accepted blob does not survive being written again");
    }

    private static byte[] Encode(ReadOnlySpan<HistoryEntry> entries)
    {
        if (entries.IsEmpty)
        {
            throw new InvalidOperationException("a blob without entries was accepted");
        }

        var blob = new byte[HistoryCodec.MaxEncodedBytes(entries.Length)];
        return blob[..HistoryCodec.Encode(entries, blob)];
    }
}

using CsCheck;
using Lurm.Store.Histories;
using MessagePack;

namespace Lurm.Store.Tests.Histories;

public sealed class HistoryCodecTests
{
    [Fact]
    public void What_is_written_is_read() =>
        HistoryGen.Sorted.Sample(entries => HistoryGen.Decode(HistoryGen.Encode(entries)).AsSpan().SequenceEqual(entries), iter: 2_000);

    [Fact]
    public void Format_1_keeps_its_bytes()
    {
        // Two events of item 7 and one of item 300 as kind 2 in period 660; a weighted one in period 662.
        HistoryEntry[] entries = [new(660, 7, 0, 2, 2000), new(660, 300, 2, 1, 1000), new(662, 7, 0, 1, 1500)];

        Assert.Equal("9501CD029403C40E00020F04CB0401020401" + "0F02E807" + "CE" + "????????", Mask(HistoryGen.Encode(entries)));
    }

    [Fact]
    public void A_blob_is_an_array_any_MessagePack_reader_can_take_apart()
    {
        HistoryEntry[] entries = [new(500, 1, 0, 1, 1000), new(501, 70_000, 1, 3, 3000)];
        var blob = HistoryGen.Encode(entries);

        var reader = new MessagePackReader(blob);

        Assert.Equal(5, reader.ReadArrayHeader());
        Assert.Equal(1, reader.ReadInt32());
        Assert.Equal(500, reader.ReadInt32());
        Assert.Equal(2, reader.ReadInt32());
        Assert.NotNull(reader.ReadBytes());
        Assert.Equal(SegmentFrame.Crc32C(blob.AsSpan(0, blob.Length - 5)), reader.ReadUInt32());
        Assert.True(reader.End);
    }

    [Fact]
    public void The_checksum_is_CRC_32C() =>
        Assert.Equal(0xE3069283u, SegmentFrame.Crc32C("123456789"u8));

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        var blob = HistoryGen.Encode([new(600, 5, 0, 1, 1000), new(600, 900, 1, 4, 4321), new(607, 5, 0, 2, 2000)]);
        for (var bit = 0; bit < blob.Length * 8; bit++)
        {
            var damaged = blob.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));

            var buffer = new HistoryBuffer();
            Assert.False(HistoryCodec.TryDecode(damaged, buffer, out var reason), $"bit {bit}");
            Assert.NotNull(reason);
            Assert.Equal(0, buffer.Count);
        }
    }

    [Fact]
    public void Bytes_of_any_kind_give_the_typed_fault_or_entries() =>
        Gen.OneOf(
                Gen.Byte.Array[0, 60],
                Gen.Select(HistoryGen.Sorted, Gen.Int[0, 5000], Gen.Byte, (entries, at, value) =>
                {
                    // A damaged payload under a right checksum: only the payload's own checks are left.
                    var blob = HistoryGen.Encode(entries);
                    blob[2 + (at % (blob.Length - 7))] = value;
                    var crc = SegmentFrame.Crc32C(blob.AsSpan(0, blob.Length - 5));
                    System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(blob.Length - 4), crc);
                    return blob;
                }))
            .Sample(
                blob =>
                {
                    try
                    {
                        HistoryGen.Decode(blob);
                    }
                    catch (StoreException fault)
                    {
                        Assert.Equal(StoreFault.Corrupt, fault.Fault);
                    }
                },
                iter: 5_000);

    [Fact]
    public void Merging_adds_counts_and_weights() =>
        Gen.Select(HistoryGen.Sorted, HistoryGen.Sorted).Sample(
            (left, right) =>
            {
                // Halved, so that sums stay in range.
                left = Array.ConvertAll(left, entry => entry with { Count = (entry.Count + 1) / 2 });
                right = Array.ConvertAll(right, entry => entry with { Count = entry.Count / 2 + 1 });
                if (left.Concat(right).Any(entry => entry.Count > int.MaxValue / 2))
                {
                    return;
                }

                var expected = left.Concat(right)
                    .GroupBy(entry => (entry.Period, entry.Item, entry.Kind))
                    .Select(group => new HistoryEntry(group.Key.Period, group.Key.Item, group.Key.Kind, group.Sum(entry => entry.Count), group.Sum(entry => entry.WeightThousandths)))
                    .OrderBy(entry => entry.Period).ThenBy(entry => entry.Item).ThenBy(entry => entry.Kind);
                var merged = new HistoryBuffer();
                HistoryCodec.Merge(left, right, merged);
                Assert.Equal(expected, merged.Entries.ToArray());
            },
            iter: 1_000);

    private static string Mask(byte[] blob) => Convert.ToHexString(blob.AsSpan(0, blob.Length - 4)) + "????????";
}

using Lurm.Store.Ingestion;

namespace Lurm.Store.Tests.Ingestion;

public sealed class CompressedSizeTests
{
    private static readonly byte[] Magic = [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>The last block of a frame: one byte, 131,072 times.</summary>
    private static readonly byte[] RepeatedBlock = [0x03, 0x00, 0x10, 0x00];

    [Fact]
    public void Snappy_says_its_length_first()
    {
        Assert.Equal(300, CompressedSize.OfSnappy([0xAC, 0x02, 0x00]));
        Assert.Equal(0x7FFF_FFFF, CompressedSize.OfSnappy([0xFF, 0xFF, 0xFF, 0xFF, 0x07]));
        Assert.Equal(0, CompressedSize.OfSnappy([]));
    }

    [Fact]
    public void A_frame_that_says_its_size_is_believed()
    {
        // Single segment: one byte; two bytes count from 256; eight bytes as they are, and beyond what fits as much as fits.
        Assert.Equal(200, CompressedSize.OfZstandard([.. Magic, 0x20, 200, .. RepeatedBlock]));
        Assert.Equal(256 + 0x0102, CompressedSize.OfZstandard([.. Magic, 0x40, 0x00, 0x02, 0x01, .. RepeatedBlock]));
        Assert.Equal(1L << 40, CompressedSize.OfZstandard([.. Magic, 0xC0, 0x00, 0, 0, 0, 0, 0, 1, 0, 0, .. RepeatedBlock]));
        Assert.True(CompressedSize.OfZstandard([.. Magic, 0xC0, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. RepeatedBlock]) > 1L << 60);
    }

    [Fact]
    public void Blocks_of_a_frame_that_does_not_are_counted_over_all_frames()
    {
        byte[] frame = [.. Magic, 0x00, 0x00, .. RepeatedBlock];
        byte[] skipped = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9];
        byte[] withChecksum = [.. Magic, 0x04, 0x00, .. RepeatedBlock, 1, 2, 3, 4];

        Assert.Equal(128 << 10, CompressedSize.OfZstandard(frame));
        Assert.Equal(3 * (128 << 10), CompressedSize.OfZstandard([.. frame, .. skipped, .. withChecksum, .. frame]));
    }

    [Fact]
    public void What_is_cut_off_counts_as_far_as_it_goes()
    {
        byte[] whole = [.. Magic, 0xC3, 0x00, 1, 2, 3, 4, 0, 0, 0, 0, 0, 1, 0, 0, .. RepeatedBlock];
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.InRange(CompressedSize.OfZstandard(whole.AsSpan(0, length)), 0, 1L << 40);
        }
    }
}

using Lurm.Store.Ingestion.Parquet;

namespace Lurm.Store.Tests.Ingestion;

/// <summary>The encodings of Parquet that pack numbers, from the examples of the format's own description and against plain arithmetic.</summary>
public sealed class PackedNumbersTests
{
    [Fact]
    public void Numbers_of_any_width_come_from_any_bit()
    {
        var random = new Random(5);
        var bytes = new byte[200];
        random.NextBytes(bytes);
        for (var n = 0; n < 20_000; n++)
        {
            var width = random.Next(65);
            var bit = random.Next((bytes.Length * 8) - width + 1);
            ulong expected = 0;
            for (var i = width - 1; i >= 0; i--)
            {
                expected = (expected << 1) | (uint)((bytes[(bit + i) >> 3] >> ((bit + i) & 7)) & 1);
            }

            Assert.Equal(expected, BitReader.Read(bytes, bit, width));
        }

        Assert.Throws<EndOfStreamException>(() => BitReader.Read(bytes, (bytes.Length * 8) - 3, 4));
    }

    /// <summary>The format's example: 0 to 7 in three bits.</summary>
    [Fact]
    public void Packed_numbers_and_runs_follow_each_other()
    {
        var runs = new RunReader(new byte[] { 0x03, 0x88, 0xC6, 0xFA, 0x0A, 0x05 }, 3);

        Assert.Equal([0u, 1, 2, 3, 4, 5, 6, 7, 5, 5, 5, 5, 5], Enumerable.Range(0, 13).Select(_ => runs.Next()));
        Assert.Throws<EndOfStreamException>(() => runs.Next());
    }

    [Fact]
    public void A_run_of_billions_takes_its_number_and_no_memory()
    {
        var runs = new RunReader(new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0x2A }, 7);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0u;
        for (var i = 0; i < 1_000; i++)
        {
            sum += runs.Next();
        }

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(42_000u, sum);
        Assert.True(taken < 1_000, $"{taken} bytes");
    }

    [Fact]
    public void Empty_runs_end_with_their_bytes()
    {
        var runs = new RunReader(new byte[] { 0, 9, 1, 0, 9 }, 8);

        Assert.Throws<EndOfStreamException>(() => runs.Next());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(700)]
    public void Differences_give_the_numbers_and_where_the_rest_starts(int count)
    {
        var random = new Random(count);
        var numbers = Enumerable.Range(0, count).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)).ToArray();
        byte[] bytes = [.. Packed(numbers), 1, 2, 3];

        var (reader, behind) = DeltaReader.Split(bytes, count);

        Assert.Equal(numbers, Enumerable.Range(0, count).Select(_ => reader.Next()));
        Assert.Equal([1, 2, 3], behind.ToArray());
        Assert.Throws<EndOfStreamException>(() => reader.Next());
    }

    [Fact]
    public void More_differences_than_there_are_values_are_refused() => Assert.Throws<InvalidDataException>(() => DeltaReader.Split(Packed(new long[9]), 8));

    [Theory]
    [InlineData(new byte[] { 0x80, 0x01, 0x00, 0x04, 0x00 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x01, 0x04, 0x00 })]
    [InlineData(new byte[] { 0x80, 0x01, 0x05, 0x04, 0x00 })]
    public void Blocks_that_cannot_be_are_refused(byte[] header) => Assert.Throws<InvalidDataException>(() => new DeltaReader(header));

    /// <summary>Blocks of 128 in four parts, every part as wide as a difference may be.</summary>
    private static byte[] Packed(long[] numbers)
    {
        var bytes = new List<byte> { 0x80, 0x01, 4 };
        Varint(bytes, (ulong)numbers.Length);
        Varint(bytes, Zigzag(numbers.FirstOrDefault()));
        for (var start = 1; start < numbers.Length; start += 128)
        {
            Varint(bytes, Zigzag(-5));
            bytes.AddRange(Enumerable.Range(0, 4).Select(part => start + (part * 32) < numbers.Length ? (byte)64 : (byte)0));
            for (var part = 0; part < 4 && start + (part * 32) < numbers.Length; part++)
            {
                for (var i = start + (part * 32); i < start + (part * 32) + 32; i++)
                {
                    bytes.AddRange(BitConverter.GetBytes(i < numbers.Length ? unchecked(numbers[i] - numbers[i - 1] + 5) : 0));
                }
            }
        }

        return [.. bytes];
    }

    private static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static void Varint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }
}

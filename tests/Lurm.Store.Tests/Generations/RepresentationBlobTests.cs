using System.Runtime.InteropServices;
using CsCheck;
using Lurm.Store.Generations;

namespace Lurm.Store.Tests.Generations;

public sealed class RepresentationBlobTests
{
    [Fact]
    public void What_is_written_is_read() =>
        Gen.Float.Array[1, 200].Sample(vector => RepresentationBlob.TryRead(Written(vector), out var read, out _) && read.SequenceEqual(vector));

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        byte[] blob = Written([0.6f, -0.8f, 0]);
        for (var bit = 0; bit < blob.Length * 8; bit++)
        {
            blob[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.False(RepresentationBlob.TryRead(blob, out _, out var reason));
            Assert.Contains("checksum", reason, StringComparison.Ordinal);
            blob[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_vector_of_before_there_were_checksums_is_read_as_it_is()
    {
        float[] vector = [0.6f, -0.8f, 0];

        Assert.True(RepresentationBlob.TryRead(MemoryMarshal.AsBytes(vector.AsSpan()), out var read, out _));
        Assert.Equal(vector, read.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Other_lengths_are_damage(int bytes) => Assert.False(RepresentationBlob.TryRead(new byte[bytes], out _, out _));

    [Fact]
    public void A_reader_that_needs_the_vector_says_whose_it_is_what_is_wrong_and_what_to_do()
    {
        var fault = Assert.Throws<StoreException>(() => RepresentationBlob.Read(Written([1]), generation: 3, userKey: 7, dimensions: 2));

        Assert.Equal(StoreFault.Corrupt, fault.Fault);
        Assert.Equal(
            "the representation of user 7 in generation 3 is damaged: it has 1 components, expected 2. Run 'lurm check --repair', then 'lurm embed', which makes it anew from the user's history.",
            fault.Message);
    }

    private static byte[] Written(float[] vector)
    {
        var blob = new byte[RepresentationBlob.Length(vector.Length)];
        RepresentationBlob.Write(vector, blob);
        return blob;
    }
}

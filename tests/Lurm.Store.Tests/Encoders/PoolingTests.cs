using CsCheck;
using Lurm.Store.Encoders;

namespace Lurm.Store.Tests.Encoders;

public sealed class PoolingTests
{
    private const int Rows = 50;

    [Fact]
    public void Sums_of_rows_agree_with_the_plain_loop_for_every_width_and_number_of_keys() =>
        Gen.Select(Gen.Int[1, 140], Gen.Int[0, Rows - 1].Array[0, 40], Gen.Int[0, 1000], Gen.Bool)
            .Sample((width, keys, seed, two) =>
            {
                var random = new Random(seed);
                var table = Draw(random, Rows * width);
                var (values, others) = (Draw(random, keys.Length), Draw(random, keys.Length));
                var (sum, otherSum) = (new float[width], new float[two ? width : 0]);

                Pooling.Add(table, width, [.. keys, .. keys.Take(3)], values, sum, two ? others : [], otherSum);

                return Agree(table, width, keys, values, sum) && (!two || Agree(table, width, keys, others, otherSum));
            });

    [Theory]
    [InlineData(-1)]
    [InlineData(Rows)]
    public void A_key_beyond_the_table_is_refused_before_anything_is_read(int key)
    {
        var error = Assert.Throws<ArgumentException>(() => Pooling.Add(new float[Rows * 8], 8, [0, key], [1, 1], new float[8]));

        Assert.Contains($"found key {key}; expected 0 to {Rows - 1}", error.Message, StringComparison.Ordinal);
    }

    private static bool Agree(float[] table, int width, int[] keys, float[] values, float[] sum)
    {
        for (var column = 0; column < width; column++)
        {
            var expected = keys.Select((key, i) => (double)values[i] * table[(key * width) + column]).Sum();
            if (Math.Abs(expected - sum[column]) > 1e-5 * (1 + keys.Length))
            {
                return false;
            }
        }

        return true;
    }

    private static float[] Draw(Random random, int length)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = (float)(random.NextDouble() - 0.5);
        }

        return values;
    }
}

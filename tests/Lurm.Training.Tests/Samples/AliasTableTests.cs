using Lurm.Training.Samples;

namespace Lurm.Training.Tests.Samples;

public sealed class AliasTableTests
{
    [Fact]
    public void Indices_are_drawn_in_proportion_to_their_weights()
    {
        double[] weights = [5, 0, 1, 3, 0.5, 0.5];
        var table = new AliasTable(weights);
        var random = new SampleRandom(7, 0);
        var counts = new int[weights.Length];
        const int Draws = 1_000_000;
        for (var i = 0; i < Draws; i++)
        {
            counts[table.Draw(random.NextBits())]++;
        }

        for (var i = 0; i < weights.Length; i++)
        {
            // Five standard deviations of a binomial count.
            var share = weights[i] / 10;
            Assert.Equal(share * Draws, counts[i], 5 * Math.Sqrt(Draws * share * (1 - share)));
        }
    }

    [Fact]
    public void Weights_without_a_positive_sum_are_refused() =>
        Assert.Throws<ArgumentException>(() => new AliasTable([0, 0]));
}

using CsCheck;
using Lurm.Training.Evaluation.Metrics;

namespace Lurm.Training.Tests.Evaluation;

public sealed class RocAucTests
{
    [Fact]
    public void Hand_computed_areas()
    {
        // Pairs (positive, negative): 0.8>0.4, 0.8>0.1, 0.35<0.4, 0.35>0.1: three of four.
        Assert.Equal(0.75, RocAuc.Of([0.1, 0.4, 0.35, 0.8], [false, false, true, true]), 12);
        Assert.Equal(1, RocAuc.Of([1, 2, 3], [false, true, true]), 12);
        Assert.Equal(0, RocAuc.Of([3, 2, 1], [false, true, true]), 12);
        Assert.Equal(0.5, RocAuc.Of([7, 7, 7, 7], [false, true, true, false]), 12);
    }

    [Fact]
    public void One_class_alone_has_no_area()
    {
        Assert.True(double.IsNaN(RocAuc.Of([1, 2], [true, true])));
        Assert.True(double.IsNaN(RocAuc.Of([], [])));
    }

    [Fact]
    public void Any_scores_and_weights_agree_with_counting_every_pair() =>
        Gen.Select(Gen.Int[0, 6], Gen.Bool, Gen.Int[0, 3]).Array[2, 60].Sample(units =>
        {
            var scores = Array.ConvertAll(units, unit => (double)unit.Item1);
            var positive = Array.ConvertAll(units, unit => unit.Item2);
            var weights = Array.ConvertAll(units, unit => (double)unit.Item3);
            var area = 0.0;
            var pairs = 0.0;
            for (var i = 0; i < units.Length; i++)
            {
                for (var j = 0; j < units.Length; j++)
                {
                    if (positive[i] && !positive[j])
                    {
                        var pair = weights[i] * weights[j];
                        pairs += pair;
                        area += pair * (scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0);
                    }
                }
            }

            var found = new RocAuc(scores, positive).Value(weights);
            return pairs == 0 ? double.IsNaN(found) : Math.Abs(found - (area / pairs)) < 1e-12;
        });
}

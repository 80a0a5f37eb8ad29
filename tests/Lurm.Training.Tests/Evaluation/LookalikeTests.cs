using Lurm.Store.Histories;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Metrics;
using Lurm.Training.Evaluation.Tasks;
using Lurm.Training.Histories;
using Lurm.Training.Samples;
using Lurm.Training.Tests.Histories;

namespace Lurm.Training.Tests.Evaluation;

public sealed class LookalikeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Seeds_are_a_fifth_of_the_new_takers_and_candidates_all_others_who_had_not_taken_it()
    {
        // 100 users with a past; item 1 was taken by users 0..9 before and is taken by 5..54 after.
        var past = Shops.Of([.. Enumerable.Range(0, 100).Select(user => ((long)user, 1, 2, 1)), .. Enumerable.Range(0, 10).Select(user => ((long)user, 1, 1, 1))]);
        var future = Shops.Of([.. Enumerable.Range(5, 50).Select(user => ((long)user, 2, 1, 1)), (900, 2, 1, 1)]);
        var (_, reported) = LookalikeTargets.Choose(past, future, [-1, 1, 2], 1, seed: 1);
        var target = Assert.Single(reported);
        Assert.Equal(1, target.Target);
        Assert.Equal(9, target.Seeds.Length);
        Assert.All(target.Seeds, row => Assert.InRange(row, 10, 54));
        Assert.Equal(90 - 9, target.Candidates.Length);
        Assert.Empty(target.Candidates.Intersect(target.Seeds));
        Assert.All(target.Candidates, row => Assert.InRange(row, 10, 99));
        Assert.Equal(45 - 9, target.WillTake.Count(willTake => willTake));
        Assert.All(target.Candidates.Zip(target.WillTake), pair => Assert.Equal(pair.First <= 54, pair.Second));
    }

    [Fact]
    public void Targets_to_choose_on_and_targets_to_report_are_different()
    {
        var past = Shops.Of([.. Enumerable.Range(0, 60).Select(user => ((long)user, 1, 0, 1))]);
        var future = Shops.Of([.. Enumerable.Range(0, 40).SelectMany(user => Enumerable.Range(1, 8).Select(item => ((long)user, 2, item, 1)))]);
        var (validation, reported) = LookalikeTargets.Choose(past, future, [.. Enumerable.Range(0, 9)], 3, seed: 1);
        Assert.Equal(3, validation.Length);
        Assert.Equal(3, reported.Length);
        Assert.Empty(validation.Select(target => target.Target).Intersect(reported.Select(target => target.Target)));
    }

    [Fact]
    public void Every_scorer_finds_the_group_its_seeds_are_of()
    {
        // Two groups on columns 0..9 and 10..19; seeds are of the first.
        var random = new SampleRandom(5, 0);
        var values = new float[200 * 20];
        for (var row = 0; row < 200; row++)
        {
            for (var k = 0; k < 5; k++)
            {
                values[(row * 20) + random.Next(10) + (row < 100 ? 0 : 10)] = 1;
                values[(row * 20) + random.Next(20)] = 1;
            }
        }

        var sparse = SparseTests.ToSparse(200, 20, values);
        var dense = DenseFeatures.UnitRows(200, 20, (float[])values.Clone());
        int[] seeds = [.. Enumerable.Range(0, 15)];
        int[] candidates = [.. Enumerable.Range(15, 185)];
        var activity = Activity.Of(Shops.Of([.. Enumerable.Range(0, 200).Select(user => ((long)user, 1, 1, 1))]), PeriodGrain.Month);
        foreach (var features in new FeatureMatrix[] { sparse, dense })
        {
            foreach (var (name, score) in LookalikeScorers.For(new LookalikeInput(features, activity, sparse, seed: 1)))
            {
                var scores = score(new LookalikeInput(features, activity, sparse, seed: 1), candidates, seeds, Cancellation);
                var area = RocAuc.Of(scores, Array.ConvertAll(candidates, row => row < 100));
                Assert.True(area > 0.85, $"{name} ranks the group with an area of {area}; expected above 0.85");
            }

            var wide = LookalikeScorers.SparseLogistic(new LookalikeInput(features, activity, sparse, seed: 1), candidates, seeds, Cancellation);
            Assert.InRange(RocAuc.Of(wide, Array.ConvertAll(candidates, row => row < 100)), 0.85, 1);
        }

        Assert.Contains(LookalikeScorers.For(new LookalikeInput(sparse, activity, sparse, 1)), scorer => scorer.Name == "logOdds");
        Assert.DoesNotContain(LookalikeScorers.For(new LookalikeInput(dense, activity, sparse, 1)), scorer => scorer.Name == "logOdds");
    }

    [Fact]
    public void Activity_breaks_what_representations_leave_even()
    {
        // Everybody looks the same; the seeds were there in the last period, half of the others were not.
        var features = DenseFeatures.UnitRows(100, 2, [.. Enumerable.Repeat(1f, 200)]);
        var histories = Shops.Of([(1000, 12, 1, 1), .. Enumerable.Range(0, 99).Select(user => ((long)user, user % 2 == 0 ? 12 : 2, 1, 1))]);
        var sparse = SparseTests.ToSparse(100, 2, [.. Enumerable.Repeat(1f, 200)]);
        var input = new LookalikeInput(features, Activity.Of(histories, PeriodGrain.Month), sparse, seed: 1);
        int[] candidates = [.. Enumerable.Range(20, 79)];
        var scores = LookalikeScorers.Logistic(input, candidates, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18], Cancellation);
        Assert.Equal(1, RocAuc.Of(scores, Array.ConvertAll(candidates, row => row % 2 == 0)), 12);
    }

    [Fact]
    public void Log_odds_are_those_of_the_interests_of_seeds_against_everybody()
    {
        // Column 0: both seeds and half of the users. Column 1: no seed and the other half; a column of one user.
        var sparse = SparseTests.ToSparse(6, 2, [1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1]);
        var input = new LookalikeInput(sparse, Activity.Of(Shops.Of([.. Enumerable.Range(0, 6).Select(user => ((long)user, 1, 1, 1))]), PeriodGrain.Month), sparse, seed: 1);
        var scores = LookalikeScorers.LogOdds(input, [2, 3], [0, 1], Cancellation);
        double Weight(double among) => Math.Log(among / (1 - among));
        Assert.Equal(Weight(2.5 / 3), scores[0], 9);
        Assert.Equal(0, scores[1], 9);
    }

    [Fact]
    public void The_scorer_is_chosen_on_other_targets_and_every_one_is_listed()
    {
        var (past, future, features) = Drifting();
        var (validation, reported) = LookalikeTargets.Choose(past, future, [.. Enumerable.Range(0, 40)], 8, seed: 1);
        var outcome = LookalikeTask.Measure(validation, reported, [new("sparse", features)], Activity.Of(past, PeriodGrain.Month), features, 1, null, Cancellation)!;
        Assert.Equal(LookalikeScorers.For(new LookalikeInput(features, Activity.Of(past, PeriodGrain.Month), features, 1)).Count(), outcome.Rows.Count);
        var best = outcome.Rows.MaxBy(row => row.ValidationAuc)!;

        // The ensemble reads bags, so it is no scorer of another representation.
        var dense = DenseFeatures.UnitRows(features.Rows, features.Columns, features.Matrix.Multiply(Identity(features.Columns), features.Columns));
        var ofDense = LookalikeTask.Measure(validation, reported, [new("dense", dense)], Activity.Of(past, PeriodGrain.Month), features, 1, null, Cancellation)!;
        Assert.Contains(ofDense.Rows, row => row.Scorer == LookalikeScorers.OfBagsToo);
        Assert.DoesNotContain(ofDense.Tasks, task => task.Notes["dense"] == LookalikeScorers.OfBagsToo);
        Assert.All(outcome.Tasks, task => Assert.Equal(best.Scorer, task.Notes["sparse"]));
        Assert.Equal(best.Values[0], outcome.Tasks[0].Statistics["sparse"]([]), 12);
        Assert.True(best.Values[0] > 0.7, $"the best scorer's AUC is {best.Values[0]}; expected above 0.7");
        Assert.Equal(LookalikeTask.CurvePercents.Length, outcome.Curves["sparse"].Length);
    }

    [Fact]
    public void A_lift_over_less_than_twenty_candidates_is_not_reported()
    {
        var (past, future, features) = Drifting();
        var (validation, reported) = LookalikeTargets.Choose(past, future, [.. Enumerable.Range(0, 40)], 8, seed: 1);
        var measures = LookalikeTask.Measure(validation, reported, [new("sparse", features)], Activity.Of(past, PeriodGrain.Month), features, 1, null, Cancellation)!.Tasks.Select(task => task.Measure).ToArray();

        // Of at most 400 candidates 5 % are 20 and 2.5 % are 10; those who took a target before are no candidates.
        Assert.DoesNotContain("lift at 1 %", measures);
        Assert.DoesNotContain("lift at 2.5 %", measures);
        Assert.Contains("lift at 10 %", measures);
    }

    private static float[] Identity(int size)
    {
        var matrix = new float[size * size];
        for (var i = 0; i < size; i++)
        {
            matrix[(i * size) + i] = 1;
        }

        return matrix;
    }

    /// <summary>400 users of four groups; each group takes its ten items in the past and new ones of the same ten in the future.</summary>
    private static (UserHistories Past, UserHistories Future, SparseFeatures Features) Drifting()
    {
        var random = new SampleRandom(9, 0);
        var past = new List<(long, int, int, int)>();
        var future = new List<(long, int, int, int)>();
        for (var user = 0; user < 400; user++)
        {
            foreach (var _ in Enumerable.Range(0, 5))
            {
                past.Add((user, 1, (user % 4 * 10) + random.Next(10), 1));
                future.Add((user, 2, (user % 4 * 10) + random.Next(10), 1));
            }
        }

        var histories = Shops.Of([.. past.GroupBy(entry => (entry.Item1, entry.Item3)).Select(group => group.First())]);
        return (histories, Shops.Of([.. future.GroupBy(entry => (entry.Item1, entry.Item3)).Select(group => group.First())]), Bags.Build(histories, [.. Enumerable.Range(0, 40)], 40, []).Features);
    }
}

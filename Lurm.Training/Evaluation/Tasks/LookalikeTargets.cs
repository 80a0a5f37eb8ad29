using Lurm.Training.Histories;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>One audience to find: those who will take something that they have not taken yet, from a fifth of them.</summary>
/// <param name="Target">The item or interest.</param>
/// <param name="Seeds">Rows of the known fifth.</param>
/// <param name="Candidates">Rows of everybody else who had not taken it.</param>
/// <param name="WillTake">By position in <paramref name="Candidates"/>.</param>
internal sealed record LookalikeTarget(int Target, int[] Seeds, int[] Candidates, bool[] WillTake);

/// <summary>Chooses targets: the most taken in the future, half of them to choose scorers on, the other half to report.</summary>
internal static class LookalikeTargets
{
    private const int FewestTakers = 25;
    private const double SeedShare = 0.2;

    /// <param name="past">Who is there, and what they took.</param>
    /// <param name="future">What they take later; users without a past do not count.</param>
    /// <param name="targetOfItem">By item key: the item itself or its interest; −1 is no target.</param>
    /// <param name="reported">How many to report at most.</param>
    /// <param name="seed">Of the choice of seeds and halves.</param>
    /// <returns>Targets to choose on and targets to report, disjoint.</returns>
    public static (LookalikeTarget[] Validation, LookalikeTarget[] Reported) Choose(
        UserHistories past, UserHistories future, int[] targetOfItem, int reported, long seed)
    {
        var took = new HashSet<(int Target, int Row)>();
        for (var row = 0; row < past.Count; row++)
        {
            foreach (ref readonly var entry in past[row])
            {
                took.Add((Of(entry.Item, targetOfItem), row));
            }
        }

        var takers = new Dictionary<int, SortedSet<int>>();
        for (var later = 0; later < future.Count; later++)
        {
            var row = past.RowOf(future.Keys[later]);
            foreach (ref readonly var entry in future[later])
            {
                var target = Of(entry.Item, targetOfItem);
                if (row < 0 || target < 0 || took.Contains((target, row)))
                {
                    continue;
                }

                if (!takers.TryGetValue(target, out var rows))
                {
                    takers[target] = rows = [];
                }

                rows.Add(row);
            }
        }

        var random = new SampleRandom(seed, 41);
        var chosen = takers.Where(pair => pair.Value.Count >= FewestTakers)
            .OrderByDescending(pair => pair.Value.Count)
            .ThenBy(pair => pair.Key)
            .Take(2 * reported)
            .Select(pair => Make(pair.Key, [.. pair.Value], past.Count, took, random))
            .ToArray();
        for (var i = chosen.Length - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (chosen[i], chosen[other]) = (chosen[other], chosen[i]);
        }

        return (chosen[..(chosen.Length / 2)], chosen[(chosen.Length / 2)..]);
    }

    private static LookalikeTarget Make(int target, int[] takers, int users, HashSet<(int Target, int Row)> took, SampleRandom random)
    {
        var seeds = Math.Max(5, (int)Math.Round(SeedShare * takers.Length));
        for (var i = 0; i < seeds; i++)
        {
            var other = i + random.Next(takers.Length - i);
            (takers[i], takers[other]) = (takers[other], takers[i]);
        }

        var seedRows = takers[..seeds];
        var known = seedRows.ToHashSet();
        var positives = takers[seeds..].ToHashSet();
        var candidates = Enumerable.Range(0, users).Where(row => !known.Contains(row) && !took.Contains((target, row))).ToArray();
        return new LookalikeTarget(target, seedRows, candidates, Array.ConvertAll(candidates, positives.Contains));
    }

    private static int Of(int item, int[] targetOfItem) => (uint)item < (uint)targetOfItem.Length ? targetOfItem[item] : -1;
}

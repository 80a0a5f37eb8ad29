using Lurm.Training.Histories;

namespace Lurm.Training.Smen;

/// <summary>What some users are seen with, and what of them is to be predicted from it: what <c>fit</c> chooses options by.</summary>
/// <param name="Past">What is seen.</param>
/// <param name="Labels">0 or 1, row-major, shape [Past.Count × <see cref="Targets"/>]; where there are fewer targets, the rest are 0.</param>
internal sealed record HoldOut(UserHistories Past, float[] Labels)
{
    /// <summary>Interests asked about.</summary>
    public const int Targets = 50;

    /// <summary>The most users that take part.</summary>
    public const int MaxUsers = 4000;

    /// <summary>Fewer say too little.</summary>
    public const int MinUsers = 300;

    /// <summary>Labels of users with these sets of interests.</summary>
    public static float[] Label(IReadOnlyList<HashSet<int>> sets, IReadOnlyList<int> targets)
    {
        var labels = new float[sets.Count * Targets];
        for (var row = 0; row < sets.Count; row++)
        {
            for (var target = 0; target < targets.Count; target++)
            {
                labels[(row * Targets) + target] = sets[row].Contains(targets[target]) ? 1 : 0;
            }
        }

        return labels;
    }
}

using System.Globalization;
using Lurm.Training.Evaluation.Probes;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>Label prediction: a logistic probe on frozen features, 5-fold.</summary>
internal static class LabelTask
{
    /// <summary>A class with fewer users than this is not asked for.</summary>
    public const int FewestOfClass = 25;

    // A column of numbers with more values than this is cut at its median.
    private const int MostNumericClasses = 12;
    private const int MostClasses = 24;

    /// <summary>Measures one column of labels; none where it has no two classes of enough users.</summary>
    /// <param name="name">The column.</param>
    /// <param name="labelOfRow">By row of the representations; none where the user has no label.</param>
    /// <param name="representations">What is compared.</param>
    /// <param name="seed">Of the folds.</param>
    /// <param name="cancellationToken">Checked often.</param>
    public static TaskResult? Measure(
        string name, IReadOnlyList<string?> labelOfRow, IReadOnlyList<Representation> representations, long seed, CancellationToken cancellationToken)
    {
        var rows = Enumerable.Range(0, labelOfRow.Count).Where(row => !string.IsNullOrEmpty(labelOfRow[row])).ToArray();
        var classes = Classes(Array.ConvertAll(rows, row => labelOfRow[row]!), out var description);
        if (classes.Length == 0)
        {
            return null;
        }

        var result = new TaskResult { Task = $"label {name}{description}", Measure = "AUC", Unit = "users", Units = rows.Length };
        foreach (var representation in representations)
        {
            var probes = CrossValidation.Run(representation.Features, rows, classes, seed, cancellationToken: cancellationToken);
            result.Statistics[representation.Name] = probes.MeanAuc;
        }

        return result;
    }

    /// <summary>Measures one column on the users of <paramref name="isScored"/> alone, with probes that learned from all the others.</summary>
    /// <param name="name">The column.</param>
    /// <param name="labelOfRow">By row of the representations; none where the user has no label.</param>
    /// <param name="isScored">By row.</param>
    /// <param name="representations">What is compared.</param>
    /// <param name="seed">Of the choice of the penalty.</param>
    /// <param name="cancellationToken">Checked often.</param>
    public static TaskResult? MeasureHeldOut(
        string name, IReadOnlyList<string?> labelOfRow, bool[] isScored, IReadOnlyList<Representation> representations, long seed, CancellationToken cancellationToken)
    {
        var rows = Enumerable.Range(0, labelOfRow.Count).Where(row => !string.IsNullOrEmpty(labelOfRow[row])).OrderBy(row => isScored[row] ? 0 : 1).ToArray();
        var classes = Classes(Array.ConvertAll(rows, row => labelOfRow[row]!), out var description);
        var scored = rows.Count(row => isScored[row]);
        if (classes.Length == 0 || scored < FewestOfClass || rows.Length - scored < FewestOfClass)
        {
            return null;
        }

        var result = new TaskResult { Task = $"label {name}{description}", Measure = "AUC", Unit = "users", Units = scored };
        foreach (var representation in representations)
        {
            var probes = CrossValidation.HoldOut(representation.Features, rows, scored, classes, seed, cancellationToken);
            result.Statistics[representation.Name] = probes.MeanAuc;
        }

        return result;
    }

    /// <summary>Who belongs to each class, by position; no class where the values make none that can be learned.</summary>
    public static bool[][] Classes(string[] values, out string description)
    {
        description = string.Empty;
        var groups = values.GroupBy(value => value).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToArray();
        if (groups.Length > MostNumericClasses && values.All(value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            var numbers = Array.ConvertAll(values, value => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture));
            var median = numbers.Order().ElementAt(numbers.Length / 2);
            description = string.Create(CultureInfo.InvariantCulture, $" >= {median}");
            var above = Array.ConvertAll(numbers, number => number >= median);
            return above.Count(isAbove => isAbove) >= FewestOfClass && above.Count(isAbove => !isAbove) >= FewestOfClass ? [above] : [];
        }

        var asked = groups.Where(group => group.Count() >= FewestOfClass).Take(MostClasses).Select(group => group.Key).ToArray();
        if (asked.Length == 0 || values.Length - groups[0].Count() < FewestOfClass)
        {
            return [];
        }

        if (groups.Length == 2)
        {
            // Of two classes one says it all: the rarer.
            description = $" = {groups[1].Key}";
            return [Array.ConvertAll(values, value => value == groups[1].Key)];
        }

        description = $" ({asked.Length} classes)";
        return Array.ConvertAll(asked, key => Array.ConvertAll(values, value => value == key));
    }
}

using System.Globalization;
using Lurm.Store;
using Lurm.Training.Histories;

namespace Lurm.Training.Evaluation;

/// <summary>Labels by user: from a file, and from the database's attributes.</summary>
internal static class LabelSource
{
    // A value that most users have to themselves names users, it does not label them.
    private const double MostDistinctShare = 0.5;

    /// <summary>Every label asked for, by name, a value per row of the histories.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="TrainingException">A label that was asked for is nowhere, or no user of the file is in the database.</exception>
    public static IReadOnlyList<(string Name, string?[] Values)> Read(LurmDatabase database, UserHistories histories, EvaluationOptions options)
    {
        var ids = new string?[histories.Count];
        database.GetUserIds(histories.Keys, ids);
        var labels = new List<(string Name, string?[] Values)>();
        if (options.LabelsFile is { } path)
        {
            var file = LabelFile.Read(path, options.LabelUserColumn);
            if (!ids.Any(id => id is not null && file.Rows.ContainsKey(id)))
            {
                throw new TrainingException(TrainingFault.Invalid, $"'{path}' names {file.Rows.Count} users, none of which is in the database; expected user ids such as '{ids.FirstOrDefault()}'. Name the column with --label-user.");
            }

            for (var column = 0; column < file.Columns.Length; column++)
            {
                labels.Add((file.Columns[column], Array.ConvertAll(ids, id => id is not null && file.Rows.TryGetValue(id, out var row) ? row[column] : null)));
            }
        }

        var attributes = database.Attributes.Where(attribute => labels.All(label => label.Name != attribute.Name)).ToArray();
        if (attributes.Length > 0)
        {
            var records = Array.ConvertAll(ids, id => id is not null && database.TryGetUser(id, out var user) ? user : null);
            labels.AddRange(attributes.Select(attribute => (attribute.Name, Array.ConvertAll(records, record =>
                record is not null && record.Attributes.TryGetValue(attribute.Name, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null))));
        }

        foreach (var asked in options.Labels.Where(asked => labels.All(label => label.Name != asked)))
        {
            throw new TrainingException(TrainingFault.Invalid, $"there is no label '{asked}'; found {string.Join(", ", labels.Select(label => label.Name))}.");
        }

        return options.Labels.Count > 0
            ? [.. labels.Where(label => options.Labels.Contains(label.Name))]
            : [.. labels.Where(label => IsLabel(label.Values))];
    }

    private static bool IsLabel(string?[] values)
    {
        var given = values.Where(value => !string.IsNullOrEmpty(value)).ToArray();
        return given.Length > 0 && (given.All(value => double.TryParse(value, CultureInfo.InvariantCulture, out _)) || given.Distinct().Count() <= MostDistinctShare * given.Length);
    }
}

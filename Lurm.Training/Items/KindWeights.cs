namespace Lurm.Training.Items;

/// <summary>What a behaviour of each kind counts: as told, else what its name suggests, else 1.</summary>
internal static class KindWeights
{
    private static readonly Dictionary<string, double> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["view"] = 1,
        ["click"] = 1,
        ["cart"] = 3,
        ["addtocart"] = 3,
        ["add_to_cart"] = 3,
        ["favorite"] = 3,
        ["buy"] = 5,
        ["purchase"] = 5,
        ["transaction"] = 5,
        ["order"] = 5,
    };

    /// <summary>Weights of the kinds that do not weigh 1, by name.</summary>
    /// <exception cref="TrainingException">A weight was given for a kind that the database does not have.</exception>
    public static Dictionary<string, double> For(IReadOnlyList<string> kinds, IReadOnlyDictionary<string, double> told)
    {
        if (told.Keys.FirstOrDefault(kind => !kinds.Contains(kind, StringComparer.Ordinal)) is { } unknown)
        {
            throw new TrainingException(TrainingFault.Invalid, $"found a weight for kind '{unknown}'; this database has the kinds {string.Join(", ", kinds.Where(kind => kind.Length > 0).Select(kind => $"'{kind}'"))}.");
        }

        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            var weight = told.TryGetValue(kind, out var given) ? given : Known.GetValueOrDefault(kind, 1);
            if (weight != 1)
            {
                weights[kind] = weight;
            }
        }

        return weights;
    }
}

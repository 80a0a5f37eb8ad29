using Lurm.Store.Histories;

namespace Lurm.Store.Encoders;

/// <summary>What makes a card a possible one; checked where a bundle is written, read or used.</summary>
internal static class ModelCardRules
{
    public const int MaxDimensions = 4096;

    /// <summary>Throws where <paramref name="card"/> breaks a rule.</summary>
    /// <exception cref="ArgumentException">Names the rule.</exception>
    public static void Check(ModelCard card)
    {
        if (Find(card) is { } broken)
        {
            throw new ArgumentException(broken, nameof(card));
        }
    }

    /// <summary>The first rule that <paramref name="card"/> breaks, or null.</summary>
    public static string? Find(ModelCard card)
    {
        if (card.ModelId is not { Length: > 0 and <= 64 } id || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return $"found model id '{card.ModelId}'; expected 1 to 64 letters, digits, '-' and '_'";
        }

        if (card.Anchors < 1 || card.AnchorDimensions < 1 || (long)card.Anchors * card.AnchorDimensions > MaxDimensions)
        {
            return $"found {card.Anchors} anchors of {card.AnchorDimensions} components in model '{id}'; expected at least 1 × 1 and at most {MaxDimensions} in all";
        }

        if (card.Interests < 1)
        {
            return $"found {card.Interests} interests in model '{id}'; expected at least 1";
        }

        if (card.Bags is not { Count: > 0 } || card.Bags.Any(bag => bag?.Anchors is null))
        {
            return $"found no bag input in model '{id}', or one without a list of anchors; expected at least one, each with its list";
        }

        if (card.KindWeights is null)
        {
            return $"found no weights of kinds in model '{id}'; expected an object, empty where all kinds count alike";
        }

        if (card.Bags.Select(bag => bag.Name).Distinct(StringComparer.Ordinal).Count() != card.Bags.Count)
        {
            return $"found two bag inputs of one name in model '{id}'; expected different names";
        }

        return card.Bags.Select(bag => Find(card, bag)).FirstOrDefault(broken => broken is not null)
            ?? card.KindWeights.Where(pair => !double.IsFinite(pair.Value) || pair.Value < 0)
                .Select(pair => $"found weight {pair.Value} of kind '{pair.Key}' in model '{id}'; expected a finite number, 0 or larger").FirstOrDefault();
    }

    private static string? Find(ModelCard card, BagInput bag) => bag switch
    {
        _ when string.IsNullOrEmpty(bag.Name) || !bag.Name.All(char.IsAsciiLetterOrDigit) => $"found bag input '{bag.Name}' in model '{card.ModelId}'; expected a name of letters and digits",
        _ when !Enum.IsDefined(bag.Scale) => $"found scale {bag.Scale} of bag '{bag.Name}'; expected one of {string.Join(", ", Enum.GetNames<Scale>())}",
        { Scale: Scale.Recent } when bag.HalfLifePeriods is not > 0 => $"found no half-life in bag '{bag.Name}'; a recent bag needs one above 0",
        { Scale: not Scale.Recent, HalfLifePeriods: not null } => $"found a half-life in bag '{bag.Name}'; only a recent bag has one",
        { GateHalfCount: not null and not > 0 } => $"found gate half-count {bag.GateHalfCount} in bag '{bag.Name}'; expected a number above 0",
        { Scale: Scale.Month or Scale.Season or Scale.Year, GateHalfCount: not null } => $"found a gate in bag '{bag.Name}'; only bags of scales lifetime and recent have one",
        _ when bag.MaxPeriods is < 1 or > 1200 => $"found {bag.MaxPeriods} periods in bag '{bag.Name}'; expected 1 to 1200",
        _ when bag.Anchors.Any(anchor => anchor < 0 || anchor >= card.Anchors) => $"found an anchor outside 0 to {card.Anchors - 1} in bag '{bag.Name}'",
        _ => null,
    };
}

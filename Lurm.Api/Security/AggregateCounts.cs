namespace Lurm.Api.Security;

/// <summary>Counts, and what is made of them, as a caller with the role aggregate may see them: none below the floor, the rest rounded, so that one user more or less rarely shows.</summary>
/// <remarks>
/// Rounding is to fixed steps, so asking again or in other words tells nothing new. Who knows nine users of an audience can still find the step's
/// edge with them and so test a tenth: give the role to people, not to the public, and set <see cref="LurmApiOptions.RequestsPerSecond"/>.
/// </remarks>
internal static class AggregateCounts
{
    private const int Step = 10;
    private const int MeasureDigits = 2;

    /// <summary><paramref name="count"/> for who may read users; else 0 below <see cref="LurmApiOptions.MinimumMembers"/>, and to the nearest ten from there.</summary>
    public static long For(Caller caller, LurmApiOptions options, long count)
    {
        if (caller.Has(LurmRole.Read))
        {
            return count;
        }

        return count < options.MinimumMembers ? 0 : (count + (Step / 2)) / Step * Step;
    }

    /// <summary>A score or log-odds for who may read users; else to two decimals, so that no single user shows in it.</summary>
    public static double Measure(Caller caller, double value) => caller.Has(LurmRole.Read) ? value : Math.Round(value, MeasureDigits);

    /// <summary>Warnings for who may read users; else what they say before they go into detail, and nothing of those that say a number there.</summary>
    /// <remarks>A warning about a count appears at an exact count: that it is there would tell what rounding hides, even without its numbers.</remarks>
    public static IEnumerable<string> Warnings(Caller caller, IEnumerable<string> warnings) => caller.Has(LurmRole.Read)
        ? warnings
        : warnings.Select(warning => warning.Split(':')[0]).Where(head => !head.Any(char.IsAsciiDigit));
}

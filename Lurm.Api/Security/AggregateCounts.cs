namespace Lurm.Api.Security;

/// <summary>Counts as a caller with the role aggregate may see them: none below the floor, the rest rounded, so that one user more or less rarely shows.</summary>
/// <remarks>
/// Rounding is to fixed steps, so asking again or in other words tells nothing new. Who knows nine users of an audience can still find the step's
/// edge with them and so test a tenth: give the role to people, not to the public, and set <see cref="LurmApiOptions.RequestsPerSecond"/>.
/// </remarks>
internal static class AggregateCounts
{
    private const int Step = 10;

    /// <summary><paramref name="count"/> for who may read users; else 0 below <see cref="LurmApiOptions.MinimumMembers"/>, and to the nearest ten from there.</summary>
    public static long For(Caller caller, LurmApiOptions options, long count)
    {
        if ((caller.Role & LurmRole.Read) == LurmRole.Read)
        {
            return count;
        }

        return count < options.MinimumMembers ? 0 : (count + (Step / 2)) / Step * Step;
    }
}

namespace Lurm.Store;

/// <summary>What a check of a database looked at and found.</summary>
/// <param name="Users">Users looked at.</param>
/// <param name="HistoryRows">History rows decoded.</param>
/// <param name="Events">Events counted in them.</param>
/// <param name="Problems">At most a thousand; none means that the database is clean.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record CheckReport(long Users, long HistoryRows, long Events, IReadOnlyList<CheckProblem> Problems, TimeSpan Elapsed)
{
    /// <summary>Whether nothing is wrong, or nothing any more.</summary>
    public bool IsClean => Problems.All(problem => problem.IsRepaired);
}

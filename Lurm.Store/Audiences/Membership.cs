namespace Lurm.Store.Audiences;

/// <summary>What a saved audience holds of one user.</summary>
/// <param name="AudienceId">The audience.</param>
/// <param name="Rank">The place among the members, from 0; none for one that is no member.</param>
/// <param name="Score">The member's score.</param>
/// <param name="IsSeed">Whether the audience was asked for with this seed.</param>
/// <param name="IsExcluded">Whether it was asked for without this user.</param>
internal readonly record struct Membership(string AudienceId, int? Rank, float Score, bool IsSeed, bool IsExcluded);

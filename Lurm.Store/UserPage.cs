namespace Lurm.Store;

/// <summary>One page of a list of users.</summary>
/// <param name="Users">In the order asked for.</param>
/// <param name="Next">The next query's <see cref="UserListQuery.After"/>; none where this is the last page. It marks a place, not a state: users that move across it meanwhile may be missed or seen twice, others never.</param>
public sealed record UserPage(IReadOnlyList<UserRecord> Users, string? Next);

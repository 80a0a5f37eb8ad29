namespace Lurm.Store;

/// <summary>A moment in the life of a database's users: two are equal where no user's record has changed between them, by any process.</summary>
/// <param name="Attributes">The number of the last change to an attribute.</param>
/// <param name="Histories">The number of the last change to a history.</param>
/// <param name="Erasures">The number of the last erasure.</param>
public readonly record struct UserMoment(long Attributes, long Histories, long Erasures);

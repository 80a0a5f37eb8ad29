namespace Lurm.Store;

/// <summary>The answer to a <see cref="SimilarQuery"/>.</summary>
/// <param name="Users">Most alike first; equal scores in key order.</param>
/// <param name="ModelId">The model that answered.</param>
/// <param name="AsOf">When its generation was published.</param>
public sealed record SimilarResult(IReadOnlyList<SimilarUser> Users, string ModelId, DateTimeOffset AsOf);

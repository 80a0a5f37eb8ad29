namespace Lurm.Index;

/// <summary>One hit of a search: a key and how near its vector is.</summary>
/// <param name="Key">The caller's key.</param>
/// <param name="Score">Inner product of query and vector, in [-1, 1] for unit vectors; larger is nearer.</param>
public readonly record struct Neighbor(long Key, float Score);

namespace Lurm.Store;

/// <summary>One key of a list's order.</summary>
/// <param name="Property">A built-in property or an attribute.</param>
/// <param name="IsDescending">From the largest down; users without a value come last then, and first otherwise.</param>
public sealed record UserOrder(string Property, bool IsDescending = false);

namespace Lurm.Store;

/// <summary>An interest that two users have in common.</summary>
/// <param name="Interest">Its number in the model.</param>
/// <param name="Label">Its readable name.</param>
/// <param name="Weight">The product of both users' lifetime-bag values, in (0, 1]; over all interests the products add up to the cosine of the two bags.</param>
public sealed record SharedInterest(int Interest, string Label, double Weight);

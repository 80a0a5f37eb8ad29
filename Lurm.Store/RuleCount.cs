namespace Lurm.Store;

/// <summary>How many rows a rule left out.</summary>
/// <param name="Rule">The rule, as "where-present CustomerID".</param>
/// <param name="Rows">Rows that it, and no rule before it, left out.</param>
public readonly record struct RuleCount(string Rule, long Rows);

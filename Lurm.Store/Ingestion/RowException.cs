namespace Lurm.Store.Ingestion;

/// <summary>A row that cannot be used; caught at the row, where <see cref="RowErrorAction"/> decides.</summary>
/// <param name="column">The column's name, if it is one column's fault.</param>
/// <param name="found">What stands there.</param>
/// <param name="expected">What should.</param>
internal sealed class RowException(string? column, string found, string expected) : Exception($"found {found}, expected {expected}")
{
    public string? Column { get; } = column;

    public string Found { get; } = found;

    public string Expected { get; } = expected;
}

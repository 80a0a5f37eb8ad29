namespace Lurm.Store;

/// <summary>A rule about a column that leaves rows out before they are looked at further.</summary>
public sealed record RowRule
{
    private RowRule(string column, bool positive)
    {
        Column = column;
        IsPositive = positive;
    }

    /// <summary>The column.</summary>
    public string Column { get; }

    /// <summary>True: the column must hold a number above 0. False: it must not be empty.</summary>
    public bool IsPositive { get; }

    /// <summary>Keeps rows where <paramref name="column"/> is not empty.</summary>
    public static RowRule WherePresent(string column) => new(column, positive: false);

    /// <summary>Keeps rows where <paramref name="column"/> is a number above 0.</summary>
    public static RowRule WherePositive(string column) => new(column, positive: true);

    /// <summary>As the command line has it.</summary>
    public override string ToString() => $"{(IsPositive ? "where-positive" : "where-present")} {Column}";
}

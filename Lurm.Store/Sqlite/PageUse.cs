namespace Lurm.Store.Sqlite;

/// <summary>What a page of a database file is for.</summary>
internal enum PageUse
{
    /// <summary>A page of a table's or an index's B-tree.</summary>
    Tree,

    /// <summary>Part of a value that is too long for its tree page.</summary>
    Overflow,

    /// <summary>Free, and without content.</summary>
    Free,

    /// <summary>Free, and a list of other free pages.</summary>
    FreeTrunk,

    /// <summary>SQLite's own: a pointer map, or the page of its lock bytes.</summary>
    Bookkeeping,
}

namespace Lurm.Store.Ingestion;

/// <summary>Finds users of rows before the rows' reader comes to them, many at once: beyond some ten thousand users each lookup misses the caches, and misses of neighbours overlap.</summary>
internal interface IUsersAhead
{
    /// <summary>Writes the ordinal of each id, adding new ones; -1 for what is no id. Called on the one thread that takes rows apart.</summary>
    void Find(in Utf8Column ids, Span<int> ordinals);

    /// <summary>Brings what is kept of users near; called on the reader's thread, some rows before it uses them.</summary>
    void Touch(ReadOnlySpan<int> ordinals);
}

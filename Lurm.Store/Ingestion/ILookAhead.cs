namespace Lurm.Store.Ingestion;

/// <summary>Finds users and items of rows before the rows' reader comes to them, many at once: beyond some ten thousand ids each lookup misses the caches, and misses of neighbours overlap.</summary>
internal interface ILookAhead
{
    /// <summary>Writes the ordinals of each row's user and item, adding new ones; -1 for what is no id. Called on the one thread that takes rows apart.</summary>
    void Find(in Utf8Column userIds, in Utf8Column itemIds, Span<int> users, Span<int> items);

    /// <summary>Brings what is kept of users and items near; called on the reader's thread, some rows before it uses them.</summary>
    void Touch(ReadOnlySpan<int> users, ReadOnlySpan<int> items);
}

namespace Lurm.Store;

/// <summary>One item of the catalogue.</summary>
public sealed class ItemRecord
{
    internal ItemRecord(int key, string id, string? title, string? category, ReadOnlyMemory<float> vector)
    {
        Key = key;
        Id = id;
        Title = title;
        Category = category;
        Vector = vector;
    }

    /// <summary>Its row number, as in <see cref="Histories.HistoryEntry.Item"/>; from 1.</summary>
    public int Key { get; }

    /// <summary>The caller's id.</summary>
    public string Id { get; }

    /// <summary>Its text, if any is known.</summary>
    public string? Title { get; }

    /// <summary>Its category, if any is known.</summary>
    public string? Category { get; }

    /// <summary>Its own vector as it was given; empty where none was.</summary>
    public ReadOnlyMemory<float> Vector { get; }
}

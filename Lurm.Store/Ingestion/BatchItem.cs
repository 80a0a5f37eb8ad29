namespace Lurm.Store.Ingestion;

/// <summary>An item of a batch and the latest text that rode along, as UTF-8.</summary>
internal struct BatchItem
{
    /// <summary>Unix seconds of the event that the text came with.</summary>
    public long TextTime;

    /// <summary>Its title, if any.</summary>
    public byte[]? Title;

    /// <summary>Its category, if any.</summary>
    public byte[]? Category;
}

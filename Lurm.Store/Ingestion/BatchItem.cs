namespace Lurm.Store.Ingestion;

/// <summary>An item of a batch and the latest text that rode along, as UTF-8.</summary>
internal struct BatchItem
{
    /// <summary>Whether a row that was taken names it; an id of refused rows alone is no item.</summary>
    public bool IsMet;

    /// <summary>Unix seconds of the event that the text came with.</summary>
    public long TextTime;

    /// <summary>Keyed hash of the title as it came, so that the same text again is known without reading the one that is kept.</summary>
    public ulong TitleHash;

    /// <summary>Keyed hash of the category as it came.</summary>
    public ulong CategoryHash;

    /// <summary>Its title, if any.</summary>
    public byte[]? Title;

    /// <summary>Its category, if any.</summary>
    public byte[]? Category;
}

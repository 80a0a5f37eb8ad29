namespace Lurm.Store;

/// <summary>What <c>Embed</c> did.</summary>
public sealed class EmbedReport
{
    internal EmbedReport(string modelId, long generation, string device, string? fallback)
    {
        ModelId = modelId;
        Generation = generation;
        Device = device;
        Fallback = fallback;
    }

    /// <summary>The model it used.</summary>
    public string ModelId { get; }

    /// <summary>The generation that is published now.</summary>
    public long Generation { get; }

    /// <summary>Whether that is another generation than before.</summary>
    public bool IsNewGeneration { get; internal set; }

    /// <summary>Whether an interrupted build was continued.</summary>
    public bool Resumed { get; internal set; }

    /// <summary>Users encoded in this run.</summary>
    public long Embedded { get; internal set; }

    /// <summary>Of the users looked at in this run, those whose history holds no interest of the model: they have no representation and are in no answer.</summary>
    public long WithoutInterest { get; internal set; }

    /// <summary>Users with a representation, now.</summary>
    public long Representations { get; internal set; }

    /// <summary>Where the encoder ran.</summary>
    public string Device { get; }

    /// <summary>Why the processor ran it although a GPU was asked for first; else null.</summary>
    public string? Fallback { get; }

    /// <summary>Time spent encoding and writing representations.</summary>
    public TimeSpan Encoding { get; internal set; }

    /// <summary>Time spent building the index.</summary>
    public TimeSpan Indexing { get; internal set; }

    /// <summary>All of it.</summary>
    public TimeSpan Elapsed { get; internal set; }
}

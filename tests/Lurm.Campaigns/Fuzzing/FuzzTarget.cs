namespace Lurm.Campaigns.Fuzzing;

/// <summary>Something that reads bytes it does not trust.</summary>
/// <remarks>One thread; a campaign makes a target per thread.</remarks>
internal abstract class FuzzTarget(string name) : IDisposable
{
    /// <summary>What the command line and the corpus folder call it.</summary>
    public string Name { get; } = name;

    /// <summary>Its share of a campaign's executions, relative to the others: cheap targets are run more often.</summary>
    public abstract double Share { get; }

    /// <summary>Good inputs to start from, besides those of the kept corpus.</summary>
    public virtual IReadOnlyList<byte[]> Seeds => [];

    /// <summary>Pieces that mean something to the reader; mutation inserts them.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>Reads <paramref name="input"/>: true where it was accepted, false where it was refused with the typed error. Anything else thrown is a finding.</summary>
    public abstract bool Run(byte[] input);

    public virtual void Dispose()
    {
    }
}

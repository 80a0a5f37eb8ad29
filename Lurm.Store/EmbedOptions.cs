namespace Lurm.Store;

/// <summary>How <c>Embed</c> works.</summary>
public sealed record EmbedOptions
{
    /// <summary>Every user is embedded anew, into a new generation; else only those whose history changed. Default false.</summary>
    public bool All { get; init; }

    /// <summary>The model to embed with; none: the newest candidate, or the active one. A retired model's id goes back to it.</summary>
    public string? ModelId { get; init; }

    /// <summary>Where the encoder runs. Default <see cref="EncoderDevice.Cpu"/>.</summary>
    public EncoderDevice Device { get; init; } = EncoderDevice.Cpu;

    /// <summary>Users of one run of the encoder, 1 to 65,536. Default 256: larger ones gain nothing on a processor; a GPU wants 4,096.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Threads that derive bags, encode and build the index; 0 (default): one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>How long a generation that was replaced is kept to go back to. Default three days; erasures reach it all the same.</summary>
    public TimeSpan KeepRetired { get; init; } = TimeSpan.FromDays(3);

    internal int EffectiveThreads => Threads == 0 ? Environment.ProcessorCount : Threads;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchSize, 65_536);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Threads, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepRetired, TimeSpan.Zero);
        if (!Enum.IsDefined(Device))
        {
            throw new ArgumentOutOfRangeException(nameof(Device), Device, "expected Cpu, Cuda or CudaOrCpu");
        }
    }
}

using System.ComponentModel.DataAnnotations;
using Lurm.Store;

namespace Lurm.Api;

/// <summary>When a server embeds by itself: users whose history changed, or everyone where a new model waits. Neither by default; then <c>lurm embed</c> does it.</summary>
public sealed class LurmReembeddingOptions
{
    /// <summary>So long after the last run ended; 10 seconds to 7 days. A minute makes new users findable within about a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan? Every { get; set; }

    /// <summary>Once a day at this time, UTC.</summary>
    public TimeOnly? At { get; set; }

    /// <summary>Threads of a run; 0, the default, is one, so that queries keep the other processors.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Where the encoder runs; <see cref="EncoderDevice.Cpu"/> by default. A GPU that is missing fails a run, but for <see cref="EncoderDevice.CudaOrCpu"/>, which health and metrics then tell of.</summary>
    public EncoderDevice Device { get; set; }
}

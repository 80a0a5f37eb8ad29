namespace Lurm.Store;

/// <summary>Where the encoder runs.</summary>
public enum EncoderDevice
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; without one, a fault says what is missing.</summary>
    Cuda,

    /// <summary>An NVIDIA GPU where there is one, else the processor; which of the two is reported.</summary>
    CudaOrCpu,
}

namespace Lurm.Store.Encoders;

/// <summary>Chooses and opens the encoder of a bundle for a device.</summary>
internal static class UserEncoders
{
    /// <summary>Opens the encoder of <paramref name="bundle"/>.</summary>
    /// <param name="bundle">A checked bundle.</param>
    /// <param name="device">Where it shall run.</param>
    /// <param name="fallback">Why the processor runs it although a GPU was asked for first; else null.</param>
    /// <exception cref="StoreException">The native library or the device is missing, or the model does not load.</exception>
    public static IUserEncoder Open(ModelBundle bundle, EncoderDevice device, out string? fallback)
    {
        fallback = null;
        if (device is EncoderDevice.Cuda or EncoderDevice.CudaOrCpu)
        {
            try
            {
                return Checked(bundle, "cuda", new OnnxUserEncoder(bundle.Card, OnnxSessions.OpenCuda(bundle.EncoderPath, threads: 1), "cuda"));
            }
            catch (StoreException exception) when (device == EncoderDevice.CudaOrCpu && exception.Fault == StoreFault.Unavailable)
            {
                fallback = exception.Message;
            }
        }

        return bundle is { Tables: { } tables, HeadPath: { } head }
            ? new PooledUserEncoder(bundle.Card, tables, OnnxSessions.OpenCpu(head, threads: 1))
            : new OnnxUserEncoder(bundle.Card, OnnxSessions.OpenCpu(bundle.EncoderPath, threads: 1), "cpu");
    }

    /// <summary>Runs one empty user, so that a device that loads and cannot run is found at the start and not in the middle.</summary>
    private static OnnxUserEncoder Checked(ModelBundle bundle, string device, OnnxUserEncoder encoder)
    {
        try
        {
            var interests = new BagBuilder(bundle.Card, bundle.Interests, [], []);
            interests.Build([]);
            var batch = new EncoderBatch(bundle.Card);
            batch.Add(interests);
            encoder.Encode(batch, new float[bundle.Card.Dimensions]);
            return encoder;
        }
        catch (Exception exception) when (exception is Microsoft.ML.OnnxRuntime.OnnxRuntimeException or EntryPointNotFoundException)
        {
            encoder.Dispose();
            throw new StoreException(StoreFault.Unavailable, $"device {device} loaded the model and failed its first run: {exception.Message} Use device cpu, or cuda-or-cpu to fall back.", exception);
        }
    }
}

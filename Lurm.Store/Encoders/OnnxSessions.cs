using Microsoft.ML.OnnxRuntime;

namespace Lurm.Store.Encoders;

/// <summary>Opens ONNX Runtime sessions and turns what can be missing into faults that say what to add.</summary>
internal static class OnnxSessions
{
    /// <summary>Opens <paramref name="path"/> on the processor.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="threads">Threads inside one run; callers that run batches side by side pass 1.</param>
    public static InferenceSession OpenCpu(string path, int threads) => Guard(path, () => Open(path, threads, _ => { }));

    /// <summary>Opens <paramref name="path"/> on the first CUDA device.</summary>
    /// <exception cref="StoreException">Unavailable: this build of ONNX Runtime, or this machine, has no CUDA.</exception>
    public static InferenceSession OpenCuda(string path, int threads) => Guard(path, () =>
    {
        const string Provider = "CUDAExecutionProvider";
        var available = OrtEnv.Instance().GetAvailableProviders();
        if (!available.Contains(Provider, StringComparer.Ordinal))
        {
            throw NoCuda($"this build of ONNX Runtime offers {string.Join(", ", available)}", null);
        }

        try
        {
            return Open(path, threads, options => options.AppendExecutionProvider_CUDA(0));
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or OnnxRuntimeException)
        {
            throw NoCuda(exception.Message, exception);
        }
    });

    /// <summary>The fault behind an exception of the native library's loading; null where it is another matter.</summary>
    public static StoreException? MissingLibrary(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException or BadImageFormatException)
            {
                return new StoreException(
                    StoreFault.Unavailable,
                    $"ONNX Runtime's native library was not found ({cause.Message.Split('\n')[0]}). Lurm.Store brings the managed half only: add the package Microsoft.ML.OnnxRuntime {Version} (or Microsoft.ML.OnnxRuntime.Gpu {Version} for CUDA) to the executable that calls Embed().",
                    exception);
            }
        }

        return null;
    }

    private static string Version => typeof(InferenceSession).Assembly.GetName().Version?.ToString(3) ?? "of the same version";

    private static InferenceSession Open(string path, int threads, Action<SessionOptions> configure)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Waiting threads that spin would take the cores that serve queries.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        configure(options);
        return new InferenceSession(path, options);
    }

    private static InferenceSession Guard(string path, Func<InferenceSession> open)
    {
        try
        {
            return open();
        }
        catch (Exception exception) when (MissingLibrary(exception) is { } missing)
        {
            throw missing;
        }
        catch (OnnxRuntimeException exception)
        {
            throw new StoreException(StoreFault.Corrupt, $"'{path}' could not be loaded by ONNX Runtime {Version}: {exception.Message} Copy the bundle again, or train anew with 'lurm-train fit'.", exception);
        }
    }

    private static StoreException NoCuda(string found, Exception? cause) => new(
        StoreFault.Unavailable,
        $"device cuda was asked for; expected an NVIDIA GPU with its driver, and the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime; found: {found}. Use device cpu, or cuda-or-cpu to fall back.",
        cause);
}

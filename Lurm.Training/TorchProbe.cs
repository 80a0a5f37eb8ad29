using System.Runtime.InteropServices;
using TorchSharp;

namespace Lurm.Training;

/// <summary>Loads libtorch once, before anything needs it, and explains itself where it does not load.</summary>
internal static partial class TorchProbe
{
    /// <summary>Loads libtorch and sets its threads.</summary>
    /// <param name="threads">Threads of one tensor operation; results are reproducible for one number of threads.</param>
    /// <exception cref="TrainingException">It does not load here.</exception>
    public static void Load(int threads)
    {
        WaitPassively();
        try
        {
            torch.set_num_threads(threads);
            using var one = torch.ones(1);
            _ = one.item<float>();
        }
        catch (Exception failure) when (failure is TypeInitializationException or NotSupportedException or DllNotFoundException or BadImageFormatException)
        {
            throw new TrainingException(TrainingFault.Unavailable, Explain(failure), failure);
        }
    }

    /// <summary>Whether a CUDA device can be used; false where libtorch was built without CUDA.</summary>
    public static bool HasCuda() => torch.cuda.is_available();

    /// <summary>
    /// Lets OpenMP's threads sleep while they wait, unless the user said otherwise: spinning costs up to ten times the work's own time where cores are shared.
    /// libgomp reads this once, when libtorch loads, and from the C library's environment, which .NET's own setter does not touch.
    /// </summary>
    private static void WaitPassively()
    {
        const int KeepUsersChoice = 0;
        if (OperatingSystem.IsLinux())
        {
            _ = SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", KeepUsersChoice);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>What to tell a user whose libtorch does not load: the loader's own words, then what is known to help.</summary>
    internal static string Explain(Exception failure)
    {
        var library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!File.Exists(library))
        {
            library = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", "libLibTorchSharp.so");
        }

        var words = Innermost(failure).Message;
        if (OperatingSystem.IsLinux() && File.Exists(library))
        {
            try
            {
                NativeLibrary.Free(NativeLibrary.Load(library));
            }
            catch (Exception loader) when (loader is DllNotFoundException or BadImageFormatException)
            {
                words = loader.Message.Split('\n')[0];
            }
        }

        var help = words.Contains("GLIBCXX", StringComparison.Ordinal)
            ? "This system's libstdc++ is older than the one TorchSharp was built with. Building Lurm.Training on this machine repairs the copy in its output folder (build/TorchSharp.Debian12.targets): rebuild here, or use a system with gcc 13's libstdc++ or newer."
            : $"Training runs on linux-x64 (glibc), win-x64 and osx-arm64; this is {RuntimeInformation.RuntimeIdentifier}. Run 'dotnet restore' and build Lurm.Training on this machine. Embedding and queries ('lurm') do not need libtorch.";
        return $"libtorch does not load: {words} {help}";
    }

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;
}

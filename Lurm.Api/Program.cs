using System.Runtime.InteropServices;
using Lurm.Api.Commands;

namespace Lurm.Api;

/// <summary>The <c>lurm</c> command.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await LurmCommand.InvokeAsync(args, Shell.OfProcess(), stop.Token);

        // The first signal asks; a second one ends the process as it always did.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }
}

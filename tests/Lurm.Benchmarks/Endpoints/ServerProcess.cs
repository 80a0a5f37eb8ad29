using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Lurm.Benchmarks.Endpoints;

/// <summary>A server of its own process on a free loopback port, and what it has cost so far.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, IPEndPoint address)
    {
        _process = process;
        Address = address;
    }

    public IPEndPoint Address { get; }

    /// <summary>Processor seconds of all its threads, in user and kernel mode, from <c>/proc/PID/stat</c>; ticks of 10 ms.</summary>
    public double CpuSeconds
    {
        get
        {
            // The name in parentheses may hold spaces; fields are counted after it, state first: utime is 14, stime 15.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
        }
    }

    /// <summary>Resident memory in MB: all, and the part that is not pages of files.</summary>
    public (double Resident, double Anonymous) Memory
    {
        get
        {
            var lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status"));
            return (Field(lines, "VmRSS:"), Field(lines, "RssAnon:"));
        }
    }

    /// <summary><c>lurm serve</c> as users start it.</summary>
    public static ServerProcess StartLurm(string folder) =>
        Start("Lurm.Api.dll", ["serve", folder, "--urls", "http://127.0.0.1:0"]);

    /// <summary>A minimal-API endpoint that answers <paramref name="bytes"/> bytes of JSON.</summary>
    public static ServerProcess StartPlain(int bytes) =>
        Start("Lurm.Benchmarks.dll", [PlainServer.Name, bytes.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Asks it to stop as an operator does, and insists after ten seconds.</summary>
    public void Dispose()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static ServerProcess Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, program), .. arguments]) { RedirectStandardOutput = true };

        // Both kinds under the collector of web applications.
        start.Environment["DOTNET_gcServer"] = "1";
        var process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.IndexOf("http://127.0.0.1:", StringComparison.Ordinal) is var at and >= 0)
            {
                // Its log goes on; a pipe that nobody empties fills.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                var port = line[(at + "http://127.0.0.1:".Length)..].Split('/', ' ')[0];
                return new ServerProcess(process, new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
            }
        }

        throw new InvalidOperationException($"{program} ended before it served: {process.ExitCode}.");
    }

    private static double Field(string[] lines, string name) =>
        double.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}

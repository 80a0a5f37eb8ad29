using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Lurm.Store.Privacy;

namespace Lurm.Store.Tests.Privacy;

/// <summary>Another process with this same program: started with the variable <c>LURM_TEST_RECORDS</c> it opens that database and answers one line with one line.</summary>
internal sealed class RecordsProcess : IDisposable
{
    private const string Variable = "LURM_TEST_RECORDS";

    private readonly Process _process;

    public RecordsProcess(string database)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(RecordsProcess).Assembly.Location);
        }

        start.Environment[Variable] = database;
        _process = Process.Start(start)!;
    }

    /// <summary>Sends a command; its answer, or none where the process has died.</summary>
    public async Task<string?> Ask(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        return await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for its end; whether a signal was the cause.</summary>
    public async Task<bool> Died()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode != 0;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder)
        {
            return;
        }

        using (var database = LurmDatabase.Open(folder))
        {
            while (Console.ReadLine() is { } command)
            {
                Console.WriteLine(Answer(database, command.Split(' ', 2) is [var verb, var rest] ? (verb, rest) : (command, "")));
            }
        }

        Environment.Exit(0);
    }

    private static string Answer(LurmDatabase database, (string Verb, string Arguments) command)
    {
        switch (command.Verb)
        {
            case "count":
                return database.SelectUsers(UserFilter.Parse(command.Arguments)).Count.ToString(CultureInfo.InvariantCulture);
            case "set":
                var parts = command.Arguments.Split(' ', '=');
                database.SetAttributes(parts[0], new Dictionary<string, object?> { [parts[1]] = parts[2] });
                return "set";
            case "kill":
                var (step, ids) = (Enum.Parse<ErasureStep>(command.Arguments.Split(' ')[0]), File.ReadAllLines(command.Arguments.Split(' ', 2)[1]));
                database.ErasureProbe = reached =>
                {
                    if (reached == step)
                    {
                        Process.GetCurrentProcess().Kill();
                        Thread.Sleep(Timeout.Infinite);
                    }
                };
                database.Erase(ids);
                return "survived";
            default:
                return "unknown";
        }
    }
}

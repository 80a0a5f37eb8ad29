using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Lurm.Store.Tests.Ingestion;

/// <summary>Another process with this same program: started with the variable <c>LURM_TEST_CHILD</c> it ingests files instead of testing.</summary>
internal static class ChildProcess
{
    private const string Variable = "LURM_TEST_CHILD";

    /// <summary>Starts a child that ingests <paramref name="files"/> one after the other, each a batch named as its file, and prints each name once acknowledged.</summary>
    public static Process Start(string database, IEnumerable<string> files)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        start.Environment[Variable] = string.Join('\n', files.Prepend(database));
        return Process.Start(start)!;
    }

    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } request)
        {
            return;
        }

        var parts = request.Split('\n');
        using (var database = LurmDatabase.Open(parts[0]))
        {
            Console.WriteLine("ready");
            foreach (var file in parts.Skip(1))
            {
                database.IngestFiles([file], Shop.Mapping, new IngestOptions { BatchId = Path.GetFileName(file) });
                Console.WriteLine(Path.GetFileName(file));
            }
        }

        Environment.Exit(0);
    }
}

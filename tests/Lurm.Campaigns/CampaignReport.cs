using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Lurm.Campaigns;

/// <summary>What a campaign tried, and what it found.</summary>
internal sealed class CampaignReport(string name)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<(string What, string Outcome)> _rows = [];
    private readonly List<string> _findings = [];
    private readonly Lock _gate = new();

    /// <summary>What broke, one line each; empty is the aim.</summary>
    public IReadOnlyList<string> Findings => _findings;

    public void Add(string what, string outcome)
    {
        lock (_gate)
        {
            _rows.Add((what, outcome));
        }
    }

    public void Add(string what, long count) => Add(what, count.ToString("N0", CultureInfo.InvariantCulture));

    public void Found(string what)
    {
        lock (_gate)
        {
            _findings.Add(what);
        }
    }

    public string ToMarkdown(string arguments)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Campaign: {name}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"`dotnet run -c Release --project tests/Lurm.Campaigns -- {arguments}`\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, commit '{Commit()}', {Processor()}, {Environment.ProcessorCount} cores, .NET {Environment.Version}, {RuntimeInformation.OSDescription}\n\n");
        text.Append("| | |\n| --- | --- |\n");
        foreach (var (what, outcome) in _rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {outcome} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"| took | {_clock.Elapsed.TotalSeconds:F0} s |\n| **findings** | **{_findings.Count}** |\n");
        foreach (var finding in _findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n- {finding}");
        }

        return text.Append('\n').ToString();
    }

    private static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["log", "-1", "--format=%s"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var commit = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? commit : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(one => one.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}

using System.Globalization;
using System.Text;

namespace Lurm.Benchmarks.Endpoints;

/// <summary>Collects the runs and holds them against the targets.</summary>
internal sealed class EndpointReport(double bareMicroseconds, int bytes)
{
    private readonly List<(string Name, Load.Result Result)> _runs = [];

    /// <summary>Answers that were not 200, over all runs.</summary>
    public int Errors => _runs.Sum(run => run.Result.Errors);

    public Load.Result Add(string name, Load.Result result)
    {
        _runs.Add((name, result));
        Console.Error.WriteLine(Line(name, result));
        return result;
    }

    /// <summary>Every run, a row each.</summary>
    public string Csv()
    {
        var text = new StringBuilder("run,requests,errors,requests_per_second,server_cpu_us,p50_ms,p99_ms\n");
        foreach (var (name, run) in _runs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name},{run.Requests},{run.Errors},{run.Rate:F0},{run.CpuMicroseconds:F1},{run.P50:F3},{run.P99:F3}\n");
        }

        return text.ToString();
    }

    /// <summary>Medians over the rounds, and the targets.</summary>
    public string Markdown()
    {
        var plain = Median("plain", run => run.CpuMicroseconds);
        var similar = Median("similar", run => run.CpuMicroseconds);
        var unseen = Median("filter never seen", run => run.CpuMicroseconds);
        var repeated = Median("filter repeated", run => run.CpuMicroseconds);
        var plainP99 = Median("plain at half", run => run.P99);
        var similarP99 = Median("similar at half", run => run.P99);
        var allowed = plain + bareMicroseconds + 200;
        var text = new StringBuilder();
        Append($"Answers of {bytes} bytes. A bare index search takes {bareMicroseconds:F0} us of processor time.\n");
        Append($"\n| run | requests/s | server CPU, us a request | p50, ms | p99, ms | errors |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var name in _runs.Select(run => run.Name).Distinct(StringComparer.Ordinal))
        {
            Append($"| {name} | {Median(name, run => run.Rate):F0} | {Median(name, run => run.CpuMicroseconds):F0} | {Median(name, run => run.P50):F2} | {Median(name, run => run.P99):F2} | {_runs.Where(run => run.Name == name).Sum(run => run.Result.Errors)} |\n");
        }

        Append($"\n| target | measured | |\n| --- | --- | --- |\n");
        Append($"| server CPU a request at most plain + bare search + 200 us = {allowed:F0} us | {similar:F0} us (plain {plain:F0}, bare {bareMicroseconds:F0}) | {Verdict(similar <= allowed)} |\n");
        Append($"| p99 at most 8 x plain's, each at half of its own highest rate | {similarP99 / plainP99:F2} x ({similarP99:F2} and {plainP99:F2} ms) | {Verdict(similarP99 <= 8 * plainP99)} |\n");
        Append($"| a 10 % filter never seen: at most 10 x unfiltered CPU | {unseen / similar:F2} x ({unseen:F0} us) | {Verdict(unseen <= 10 * similar)} |\n");
        Append($"| the same filters repeated: at most 2.5 x | {repeated / similar:F2} x ({repeated:F0} us) | {Verdict(repeated <= 2.5 * similar)} |\n");
        return text.ToString();

        void Append(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture));
    }

    private static string Verdict(bool holds) => holds ? "holds" : "does not hold";

    private static string Line(string name, Load.Result run) => string.Create(
        CultureInfo.InvariantCulture, $"{name}: {run.Rate:F0}/s, server {run.CpuMicroseconds:F0} us, p50 {run.P50:F2} ms, p99 {run.P99:F2} ms, {run.Errors} errors");

    private double Median(string name, Func<Load.Result, double> value)
    {
        var values = _runs.Where(run => run.Name == name).Select(run => value(run.Result)).Order().ToArray();
        return values[values.Length / 2];
    }
}

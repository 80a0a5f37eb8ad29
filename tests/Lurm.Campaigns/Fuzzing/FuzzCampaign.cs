using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Lurm.Campaigns.Fuzzing;

/// <summary>Mutated inputs for every reader. An input that is accepted joins the ones that are mutated further, for a while.</summary>
internal static class FuzzCampaign
{
    /// <summary>Longer than this, and an input is a finding: no reader may be held up.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    /// <summary>More than this allocated for an input of at most 64 KB is a finding.</summary>
    private const long MaxAllocatedBytes = 512L << 20;

    /// <summary>Longer than this, and the input is taken for one that never ends: it is kept, and the campaign with it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MaxInputs = 400;
    private const int MaxFindingsPerTarget = 5;

    public static CampaignReport Run(CampaignOptions options, string? only = null)
    {
        var report = new CampaignReport("fuzz");
        var names = only is null ? FuzzTargets.Names : [only];
        var shares = names.ToDictionary(name => name, Share);
        var all = shares.Values.Sum();
        long tried = 0;
        foreach (var name in names)
        {
            var count = Math.Max(1, (long)(options.Count * shares[name] / all));
            tried += Target(name, count, options, report);
        }

        report.Add("executions of all targets", tried);
        return report;
    }

    /// <summary>One input: what it broke, in words; null where it was accepted, or refused with the typed error, within time and memory.</summary>
    public static string? Try(FuzzTarget target, byte[] input)
    {
        using var time = new RunningTime();
        return Execute(target, new Execution(input, time), out _);
    }

    private static double Share(string name)
    {
        using var target = FuzzTargets.Create(name);
        return target.Share;
    }

    private static long Target(string name, long count, CampaignOptions options, CampaignReport report)
    {
        var clock = Stopwatch.StartNew();
        var workers = (int)Math.Min(Environment.ProcessorCount, count);
        long accepted = 0;
        long found = 0;
        var running = new Execution?[workers];
        using var time = new RunningTime(now =>
        {
            if (Array.Find(running, one => one is not null && now - one.Started > Patience) is { } stuck)
            {
                GiveUp(name, stuck.Input, options.FindingsFolder);
            }
        });
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = options.CancellationToken }, worker =>
        {
            using var target = FuzzTargets.Create(name);
            var share = count / workers + (worker < count % workers ? 1 : 0);
            Interlocked.Add(ref accepted, Work(target, share, new Random(options.Seed * 1_000 + worker), options, report, input => running[worker] = new Execution(input, time), ref found));
            running[worker] = null;
        });
        report.Add(name, string.Create(CultureInfo.InvariantCulture, $"{count:N0} executions, {accepted:N0} accepted, the rest refused, {found} findings, {clock.Elapsed.TotalSeconds:F0} s"));
        options.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {count:N0} executions, {found} findings"));
        return count;
    }

    private static long Work(FuzzTarget target, long count, Random random, CampaignOptions options, CampaignReport report, Func<byte[], Execution> start, ref long found)
    {
        var inputs = new List<byte[]>(Corpus.Of(target));
        var kept = inputs.Count;
        var mutator = new Mutator(random, target.Words);
        long accepted = 0;
        for (long i = 0; i < count; i++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var input = i < kept ? inputs[(int)i] : mutator.Mutate(inputs[random.Next(inputs.Count)], inputs[random.Next(inputs.Count)]);
            if (Execute(target, start(input), out var wasAccepted) is { } broken && Interlocked.Increment(ref found) <= MaxFindingsPerTarget)
            {
                report.Found(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {broken}; {Keep(target.Name, input, options.FindingsFolder)}"));
            }

            if (!wasAccepted)
            {
                continue;
            }

            accepted++;
            if (inputs.Count < MaxInputs)
            {
                inputs.Add(input);
            }
            else
            {
                inputs[kept + random.Next(MaxInputs - kept)] = input;
            }
        }

        return accepted;
    }

    private static void GiveUp(string target, byte[] input, string? folder) =>
        Environment.FailFast(string.Create(CultureInfo.InvariantCulture, $"{target} did not end within {Patience.TotalSeconds} s; {Keep(target, input, folder)}"));

    private static string? Execute(FuzzTarget target, Execution execution, out bool accepted)
    {
        accepted = false;
        var input = execution.Input;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            accepted = target.Run(input);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return $"{exception.GetType().Name} '{exception.Message.ReplaceLineEndings(" ")}' at {exception.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
        }

        var elapsed = execution.Elapsed;
        if (elapsed > MaxTime)
        {
            return string.Create(CultureInfo.InvariantCulture, $"took {elapsed.TotalSeconds:F1} s");
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > MaxAllocatedBytes ? string.Create(CultureInfo.InvariantCulture, $"allocated {allocated:N0} bytes for {input.Length}") : null;
    }

    private static string Keep(string target, byte[] input, string? folder)
    {
        var name = $"{target}-{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}";
        if (folder is null)
        {
            return $"input {Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, 300)))}";
        }

        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name), input);
        return $"input kept as {name}";
    }

    /// <summary>An input that is being read, and since when.</summary>
    private sealed class Execution(byte[] input, RunningTime time)
    {
        public byte[] Input { get; } = input;

        public TimeSpan Started { get; } = time.Elapsed;

        public TimeSpan Elapsed => time.Elapsed - Started;
    }
}

using System.Diagnostics;

namespace Lurm.Campaigns.Crashes;

/// <summary>
/// When to kill: anywhere from a process's first milliseconds to a little after its usual end. What is usual is learnt for each kind of process, so that
/// kills meet the work and not only the start, also on a slow or busy machine.
/// </summary>
internal sealed class Moments(Random random)
{
    private const double StartMilliseconds = 1_000;

    /// <summary>How much longer than the last one that ended a process may live at most.</summary>
    private const double Beyond = 1.2;

    private readonly Dictionary<string, double> _usual = new(StringComparer.Ordinal);

    /// <summary>Kills the process at a random moment unless it ends before; true where it was killed.</summary>
    public bool Kill(string kind, LurmProcess process)
    {
        var usual = _usual.GetValueOrDefault(kind, StartMilliseconds);
        var clock = Stopwatch.StartNew();
        var killed = process.KillAfter(TimeSpan.FromMilliseconds(usual * Beyond * (0.05 + (0.95 * random.NextDouble()))));

        // Each kill says that it takes longer than was thought, if only a little; an end says how long.
        _usual[kind] = killed ? usual * 1.04 : Math.Max(clock.Elapsed.TotalMilliseconds, usual * 0.8);
        return killed;
    }
}

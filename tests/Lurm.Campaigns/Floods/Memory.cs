using System.Diagnostics;
using System.Globalization;

namespace Lurm.Campaigns.Floods;

/// <summary>What a process holds of the machine's memory.</summary>
internal static class Memory
{
    /// <summary>Bytes of this process or of <paramref name="process"/> that are no mapped files; where the system does not tell them apart, its working set.</summary>
    public static long Private(int? process = null)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{process ?? Environment.ProcessId}/status");
        if (!File.Exists(file))
        {
            using var other = Process.GetProcessById(process ?? Environment.ProcessId);
            return other.WorkingSet64;
        }

        var line = File.ReadLines(file).First(one => one.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(8, line.Length - 10), CultureInfo.InvariantCulture) * 1024;
    }
}

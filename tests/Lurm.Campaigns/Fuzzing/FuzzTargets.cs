using Lurm.Campaigns.Fuzzing.Targets;

namespace Lurm.Campaigns.Fuzzing;

/// <summary>Every reader of bytes that come from outside.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> All = new(StringComparer.Ordinal)
    {
        [HistoryTarget.TargetName] = () => new HistoryTarget(),
        [CsvTarget.TargetName] = () => new CsvTarget(),
        [NdjsonTarget.TargetName] = () => new NdjsonTarget(),
        [ParquetTarget.TargetName] = () => new ParquetTarget(),
        [FilterTarget.TargetName] = () => new FilterTarget(),
        [SnapshotTarget.TargetName] = () => new SnapshotTarget(),
        [BundleTarget.TargetName] = () => new BundleTarget(),
        [EncoderTarget.TargetName] = () => new EncoderTarget(),
        [RequestTarget.TargetName] = () => new RequestTarget(),
    };

    public static IReadOnlyCollection<string> Names => All.Keys;

    public static FuzzTarget Create(string name) => All[name]();
}

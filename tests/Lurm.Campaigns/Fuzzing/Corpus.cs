namespace Lurm.Campaigns.Fuzzing;

/// <summary>The inputs a target starts from: its own, and the files kept under <c>Corpora/&lt;target&gt;</c>, where an input that broke something goes once it is mended.</summary>
internal static class Corpus
{
    public static IReadOnlyList<byte[]> Of(FuzzTarget target)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Corpora", target.Name);
        var kept = Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
        return [.. target.Seeds, .. kept];
    }
}

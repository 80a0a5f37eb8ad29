namespace Lurm.Index.Graph;

/// <summary>The level draw: a function of seed and key, so the same keys give the same levels in any order and on any machine.</summary>
internal static class Levels
{
    /// <summary>Highest level; with MaxLinks 16 one key in 16^32 would ask for more.</summary>
    public const int Highest = 32;

    public static int Draw(HnswOptions options, long key)
    {
        // splitmix64 over seed and key: 53 uniform bits.
        var z = unchecked((ulong)key + (options.Seed * 0xD1342543DE82EF95ul) + 0x9E3779B97F4A7C15ul);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ul);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBul);
        z ^= z >> 31;
        var uniform = ((z >> 11) + 0.5) * (1.0 / (1ul << 53));
        return Math.Min(Highest, (int)(-Math.Log(uniform) * options.LevelDecay));
    }
}

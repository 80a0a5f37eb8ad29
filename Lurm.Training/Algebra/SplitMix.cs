using System.Numerics;

namespace Lurm.Training.Algebra;

/// <summary>SplitMix64: a small generator that costs nothing to seed, so that every user, epoch or item can have its own.</summary>
internal struct SplitMix(ulong state)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state = state;

    /// <summary>A generator of its own for a seed and up to three coordinates.</summary>
    public static SplitMix Of(long seed, long a, long b = 0, long c = 0)
    {
        var mixed = Mix((ulong)seed + Golden);
        mixed = Mix(mixed ^ ((ulong)a + Golden));
        mixed = Mix(mixed ^ ((ulong)b + unchecked(2 * Golden)));
        return new SplitMix(Mix(mixed ^ ((ulong)c + unchecked(3 * Golden))));
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += Golden;
        return Mix(_state);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, bound).</summary>
    public int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Standard normal (Box–Muller, one of the pair).</summary>
    public double NextGaussian() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>How many of <paramref name="count"/> coins fall heads.</summary>
    public int NextHeads(int count)
    {
        const int Exact = 4096;
        if (count > Exact)
        {
            return Math.Clamp((int)Math.Round((count / 2.0) + (NextGaussian() * Math.Sqrt(count) / 2)), 0, count);
        }

        var heads = 0;
        for (; count >= 64; count -= 64)
        {
            heads += BitOperations.PopCount(Next());
        }

        return count == 0 ? heads : heads + BitOperations.PopCount(Next() >> (64 - count));
    }

    /// <summary>Puts <paramref name="values"/> in random order.</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

namespace Lurm.Store.Queries;

/// <summary>Users drawn from everyone, which a lookalike fit tells its seeds from.</summary>
internal sealed class BackgroundSample
{
    /// <summary>Users drawn: enough that each of 130 weights rests on tens of them.</summary>
    private const int Users = 10_000;

    private readonly Lazy<double> _coherence;

    private BackgroundSample(AudienceMatrix matrix, int[] rows)
    {
        Rows = rows;
        _coherence = new Lazy<double>(() => matrix.Coherence(rows));
    }

    /// <summary>Rows of the matrix, ascending.</summary>
    public int[] Rows { get; }

    /// <summary>Mean cosine of two of them.</summary>
    public double Coherence => _coherence.Value;

    public static BackgroundSample Draw(AudienceMatrix matrix, int seed) => new(matrix, Draw(matrix.Count, Users, seed));

    /// <summary>At most <paramref name="most"/> of the numbers below <paramref name="count"/>, each as likely as any other, ascending (Floyd's draw).</summary>
    public static int[] Draw(int count, int most, int seed)
    {
        if (count <= most)
        {
            return [.. Enumerable.Range(0, count)];
        }

        var random = new Random(seed);
        var chosen = new HashSet<int>(most);
        for (var i = count - most; i < count; i++)
        {
            var at = random.Next(i + 1);
            if (!chosen.Add(at))
            {
                chosen.Add(i);
            }
        }

        int[] drawn = [.. chosen];
        Array.Sort(drawn);
        return drawn;
    }
}

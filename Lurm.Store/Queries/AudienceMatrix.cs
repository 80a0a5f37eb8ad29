using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Lurm.Store.Generations;

namespace Lurm.Store.Queries;

/// <summary>
/// Every user's representation and activity, row after row in key order, for queries that score everyone: the same bytes as the index
/// holds once more, plus 16 a user. Made at the first such query, and again after changes.
/// </summary>
internal sealed class AudienceMatrix
{
    /// <summary>Trailing columns: ln(1 + days since the last event), counted from the newest event of all; ln(1 + events per period); ln(1 + events); ln(1 + periods).</summary>
    public const int SideColumns = 4;

    /// <summary>Rows of one block; a block of 128 components is 34 MB.</summary>
    private const int BlockRows = 1 << 16;

    private readonly float[][] _blocks;
    private readonly ConcurrentDictionary<int, BackgroundSample> _backgrounds = new();

    private AudienceMatrix(long edition, long[] keys, float[][] blocks, int dimensions)
    {
        Edition = edition;
        Keys = keys;
        _blocks = blocks;
        Dimensions = dimensions;
    }

    /// <summary>The view's edition that it was made of.</summary>
    public long Edition { get; }

    /// <summary>User keys, ascending; row i belongs to Keys[i].</summary>
    public long[] Keys { get; }

    /// <summary>Components of a representation.</summary>
    public int Dimensions { get; }

    /// <summary>Length of a row.</summary>
    public int Columns => Dimensions + SideColumns;

    public int Count => Keys.Length;

    public ReadOnlySpan<float> this[int row] => _blocks[row / BlockRows].AsSpan(row % BlockRows * Columns, Columns);

    /// <summary>The users drawn for a seed, drawn once.</summary>
    public BackgroundSample Background(int seed) => _backgrounds.GetOrAdd(seed, static (seed, matrix) => BackgroundSample.Draw(matrix, seed), this);

    /// <summary>Rows behind each other, cut to their first <paramref name="columns"/>.</summary>
    public GatheredRows Gather(ReadOnlySpan<int> rows, int columns)
    {
        var gathered = new GatheredRows(rows.Length * columns);
        for (var i = 0; i < rows.Length; i++)
        {
            this[rows[i]][..columns].CopyTo(gathered.Span[(i * columns)..]);
        }

        return gathered;
    }

    /// <summary>Mean cosine of two of these rows, drawn without replacement.</summary>
    public double Coherence(ReadOnlySpan<int> rows)
    {
        var sum = new float[Dimensions];
        foreach (var row in rows)
        {
            TensorPrimitives.Add(sum, this[row][..Dimensions], sum);
        }

        return rows.Length < 2 ? 1 : (TensorPrimitives.SumOfSquares<float>(sum) - rows.Length) / ((double)rows.Length * (rows.Length - 1));
    }

    /// <summary>The row of a key, or −1.</summary>
    public int RowOf(long key) => Math.Max(-1, Array.BinarySearch(Keys, key));

    public static AudienceMatrix Read(LurmDatabase database, GenerationView view, CancellationToken cancellationToken)
    {
        var edition = view.Edition;
        var dimensions = view.Index.Dimensions;
        var columns = dimensions + SideColumns;
        var keys = new List<long>(view.Index.Count);
        var lastSeen = new List<long>(view.Index.Count);
        var blocks = new List<float[]>();
        foreach (var (key, seen, events, periods) in ReadActivity(database, cancellationToken))
        {
            var row = keys.Count;
            if (row / BlockRows == blocks.Count)
            {
                blocks.Add(GC.AllocateUninitializedArray<float>(BlockRows * columns));
            }

            var target = blocks[^1].AsSpan(row % BlockRows * columns, columns);
            if (view.Index.TryGetVector(key, target[..dimensions]))
            {
                keys.Add(key);
                lastSeen.Add(seen);
                target[dimensions + 1] = MathF.Log(1 + ((float)events / Math.Max(1, periods)));
                target[dimensions + 2] = MathF.Log(1 + events);
                target[dimensions + 3] = MathF.Log(1 + periods);
            }
        }

        var newest = lastSeen.Count == 0 ? 0 : lastSeen.Max();
        for (var row = 0; row < keys.Count; row++)
        {
            blocks[row / BlockRows][(row % BlockRows * columns) + dimensions] = MathF.Log(1 + ((newest - lastSeen[row]) / 86_400f));
        }

        return new AudienceMatrix(edition, [.. keys], [.. blocks], dimensions);
    }

    private static IEnumerable<(long Key, long LastSeen, long Events, long Periods)> ReadActivity(LurmDatabase database, CancellationToken cancellationToken)
    {
        const int Page = 50_000;
        var page = new List<(long, long, long, long)>(Page);
        long after = 0;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page.Clear();
            using (var read = database.Connections.Read())
            using (var statement = read.Session.Prepare("SELECT user_key, last_seen, event_count, period_count FROM users WHERE user_key > ?1 AND event_count > 0 ORDER BY user_key LIMIT ?2"))
            {
                statement.Bind(1, after).Bind(2, Page);
                while (statement.Step())
                {
                    page.Add((statement.Int64(0), statement.Int64(1), statement.Int64(2), statement.Int64(3)));
                }
            }

            foreach (var row in page)
            {
                yield return row;
            }

            after = page.Count == 0 ? after : page[^1].Item1;
        }
        while (page.Count == Page);
    }
}

using System.Numerics.Tensors;
using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Training.Algebra;
using Lurm.Training.Histories;

namespace Lurm.Training.Items;

/// <summary>Unit vectors of the items that take part in training, and the text fallback for all others.</summary>
internal sealed class ItemVectors
{
    /// <summary>PPMI entries kept in all, 8 bytes each; rows keep fewer where the catalogue is large.</summary>
    private const long MaxEntries = 60_000_000;

    /// <summary>Users at which an item's own co-occurrence weighs as much as its text.</summary>
    private const float TextUsers = 3;

    private ItemVectors(IReadOnlyList<ItemRecord> items, int[] numberOf, int[] users, int dimensions, float[] vectors, SuppliedVectors supplied, TextFallback? text)
    {
        Items = items;
        NumberOf = numberOf;
        Users = users;
        Dimensions = dimensions;
        Vectors = vectors;
        Supplied = supplied;
        Text = text;
    }

    /// <summary>The items, by item number: those with events.</summary>
    public IReadOnlyList<ItemRecord> Items { get; }

    /// <summary>Item number by row number of the catalogue; −1 where the item has no event.</summary>
    public int[] NumberOf { get; }

    /// <summary>Users that met each item.</summary>
    public int[] Users { get; }

    /// <summary>Components.</summary>
    public int Dimensions { get; }

    /// <summary>Row-major, shape [Items × Dimensions], unit length; zero where nothing is known of an item.</summary>
    public float[] Vectors { get; }

    /// <summary>The vectors that came with the catalogue.</summary>
    public SuppliedVectors Supplied { get; }

    /// <summary>Whether they are the user's own.</summary>
    public bool AreSupplied => Supplied.AreComplete;

    /// <summary>Text fallback in the same space.</summary>
    public TextFallback? Text { get; }

    /// <summary>Takes the vectors that came with the catalogue where every item with events has one of one length; learns them otherwise.</summary>
    public static ItemVectors Learn(IReadOnlyList<ItemRecord> catalogue, UserHistories histories, int dimensions, double shift, long seed, CancellationToken cancellationToken)
    {
        var (items, numberOf, users) = Count(catalogue, histories);
        var given = SuppliedVectors.Of(items);
        var supplied = given.AreComplete;
        if (supplied)
        {
            dimensions = given.Dimensions;
        }

        var vectors = supplied
            ? Flatten(items, dimensions)
            : FromCoOccurrence(histories, numberOf, items.Count, dimensions, shift, seed, cancellationToken);
        Normalise(vectors, dimensions);
        var trust = Array.ConvertAll(users, count => supplied ? 1f : count / (count + TextUsers));
        string?[] titles = [.. items.Select(item => item.Title)];
        string?[] categories = [.. items.Select(item => item.Category)];
        var text = TextVectors.Learn(titles, categories, vectors, trust, dimensions, seed, cancellationToken);
        if (text is not null && !supplied)
        {
            MixInText(items, vectors, trust, dimensions, text);
        }

        return new ItemVectors(items, numberOf, users, dimensions, vectors, given, text);
    }

    /// <summary>The items nearest to <paramref name="item"/>, nearest first, itself left out.</summary>
    public IReadOnlyList<int> Nearest(int item, int count)
    {
        var query = Vectors.AsMemory(item * Dimensions, Dimensions);
        return [.. Enumerable.Range(0, Items.Count).Where(other => other != item)
            .OrderByDescending(other => TensorPrimitives.Dot(query.Span, Vectors.AsSpan(other * Dimensions, Dimensions))).Take(count)];
    }

    private static (List<ItemRecord> Items, int[] NumberOf, int[] Users) Count(IReadOnlyList<ItemRecord> catalogue, UserHistories histories)
    {
        var rows = catalogue.Count == 0 ? 0 : catalogue.Max(item => item.Key) + 1;
        var users = new int[rows];
        var lastUser = new int[rows];
        Array.Fill(lastUser, -1);
        for (var user = 0; user < histories.Count; user++)
        {
            foreach (ref readonly var entry in histories[user])
            {
                if (lastUser[entry.Item] != user)
                {
                    lastUser[entry.Item] = user;
                    users[entry.Item]++;
                }
            }
        }

        var numberOf = new int[rows];
        Array.Fill(numberOf, -1);
        var items = new List<ItemRecord>();
        foreach (var item in catalogue)
        {
            if (users[item.Key] > 0)
            {
                numberOf[item.Key] = items.Count;
                items.Add(item);
            }
        }

        return (items, numberOf, [.. items.Select(item => users[item.Key])]);
    }

    private static float[] Flatten(List<ItemRecord> items, int width)
    {
        var vectors = new float[(long)items.Count * width];
        for (var i = 0; i < items.Count; i++)
        {
            items[i].Vector.Span.CopyTo(vectors.AsSpan(i * width, width));
        }

        return vectors;
    }

    private static float[] FromCoOccurrence(UserHistories histories, int[] numberOf, int items, int dimensions, double shift, long seed, CancellationToken cancellationToken)
    {
        var perItem = (int)Math.Clamp(MaxEntries / Math.Max(1, items), 16, 1024);
        var ppmi = CoOccurrence.Compute(histories, numberOf, items, shift, perItem, cancellationToken);
        var (vectors, values) = TruncatedSvd.Compute(ppmi, dimensions, seed, iterations: 4, cancellationToken);
        var roots = Array.ConvertAll(values, MathF.Sqrt);
        for (var i = 0; i < items; i++)
        {
            var row = vectors.AsSpan(i * dimensions, dimensions);
            TensorPrimitives.Multiply(row, roots, row);
        }

        return vectors;
    }

    private static void MixInText(List<ItemRecord> items, float[] vectors, float[] trust, int dimensions, TextFallback text)
    {
        Parallel.For(0, items.Count, i =>
        {
            var fromText = new float[dimensions];
            if (!text.TryGetVector(items[i].Title, items[i].Category, fromText))
            {
                return;
            }

            var own = vectors.AsSpan(i * dimensions, dimensions);
            TensorPrimitives.Multiply(own, trust[i], own);
            TensorPrimitives.MultiplyAdd(fromText, 1 - trust[i], own, own);
        });
        Normalise(vectors, dimensions);
    }

    private static void Normalise(float[] vectors, int dimensions)
    {
        for (var start = 0; start < vectors.Length; start += dimensions)
        {
            var row = vectors.AsSpan(start, dimensions);
            var norm = TensorPrimitives.Norm(row);
            if (norm > 1e-12f)
            {
                TensorPrimitives.Divide(row, norm, row);
            }
        }
    }
}

namespace Lurm.Training.Samples;

/// <summary>The shop's items: each has a popularity (Zipf 0.8), a category and a style; the two together are its cluster.</summary>
internal sealed class Catalogue
{
    private const double ZipfExponent = 0.8;

    private readonly AliasTable?[] _itemOfCluster;
    private readonly int[][] _itemsOfCluster;

    public Catalogue(int items, SampleRandom random)
    {
        ItemCluster = new int[items];
        ClusterMass = new double[ClusterCount];
        var popularity = new double[items];
        var rank = new int[items];
        for (var i = 0; i < items; i++)
        {
            var other = random.Next(i + 1);
            rank[i] = rank[other];
            rank[other] = i;
        }

        var sizes = new int[ClusterCount];
        for (var i = 0; i < items; i++)
        {
            popularity[i] = Math.Pow(rank[i] + 1, -ZipfExponent);
            ItemCluster[i] = random.Next(ClusterCount);
            ClusterMass[ItemCluster[i]] += popularity[i];
            sizes[ItemCluster[i]]++;
        }

        _itemsOfCluster = Array.ConvertAll(sizes, size => new int[size]);
        var filled = new int[ClusterCount];
        for (var i = 0; i < items; i++)
        {
            var cluster = ItemCluster[i];
            _itemsOfCluster[cluster][filled[cluster]++] = i;
        }

        _itemOfCluster = Array.ConvertAll(_itemsOfCluster, members =>
            members.Length == 0 ? null : new AliasTable(Array.ConvertAll(members, item => popularity[item])));
    }

    /// <summary>Categories times styles.</summary>
    public static int ClusterCount => Departments.CategoryCount * Departments.Styles.Length;

    /// <summary>Which cluster each item is in.</summary>
    public int[] ItemCluster { get; }

    /// <summary>The summed popularity of each cluster's items; 0 where a small catalogue leaves it empty.</summary>
    public double[] ClusterMass { get; }

    /// <summary>Items of the catalogue.</summary>
    public int Count => ItemCluster.Length;

    public static int CategoryOf(int cluster) => cluster / Departments.Styles.Length;

    public static int StyleOf(int cluster) => cluster % Departments.Styles.Length;

    /// <summary>One item of a cluster that is not empty, by popularity.</summary>
    public int DrawItem(int cluster, ulong bits) => _itemsOfCluster[cluster][_itemOfCluster[cluster]!.Draw(bits)];

    public static string ItemId(int item) => $"i{item + 1:D5}";

    /// <summary>A readable name: style, thing, and a number within the catalogue.</summary>
    public string Title(int item)
    {
        var cluster = ItemCluster[item];
        return $"{Departments.Styles[StyleOf(cluster)]} {Departments.Thing(CategoryOf(cluster)).ToLowerInvariant()} {item + 1}";
    }

    public string Category(int item) => Departments.CategoryName(CategoryOf(ItemCluster[item]));
}

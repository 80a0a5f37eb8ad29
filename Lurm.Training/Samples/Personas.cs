namespace Lurm.Training.Samples;

/// <summary>
/// The planted truth: 24 kinds of shopper, two per department. The two share about half of their categories and differ in style;
/// every persona also visits a second department, so personas overlap as audiences do.
/// </summary>
internal sealed class Personas
{
    private const int HomeCategories = 6;
    private const int SecondCategories = 3;
    private const double PreferredStyleWeight = 4;

    private readonly AliasTable[] _clusters;

    public Personas(Catalogue catalogue, SampleRandom random)
    {
        Names = new string[Count];
        _clusters = new AliasTable[Count];
        var styles = Departments.Styles.Length;
        for (var persona = 0; persona < Count; persona++)
        {
            var home = persona / 2;
            var style = ((persona % 2) + (home * 2)) % styles;
            Names[persona] = $"{Departments.Styles[style].ToLowerInvariant()} {Departments.Shoppers[home]}";
            var affinity = new double[Departments.CategoryCount];
            Prefer(affinity, home, HomeCategories, random);
            Prefer(affinity, (home + 1 + random.Next(Departments.Names.Length - 1)) % Departments.Names.Length, SecondCategories, random);
            var secondStyle = random.Next(styles);
            var weights = new double[Catalogue.ClusterCount];
            for (var cluster = 0; cluster < weights.Length; cluster++)
            {
                var itsStyle = Catalogue.StyleOf(cluster);
                var styleWeight = itsStyle == style || itsStyle == secondStyle ? PreferredStyleWeight : 1;
                weights[cluster] = catalogue.ClusterMass[cluster] * affinity[Catalogue.CategoryOf(cluster)] * styleWeight;
            }

            // A catalogue of a few items may have nothing a persona likes: it then buys what is popular.
            _clusters[persona] = new AliasTable(weights.Sum() > 0 ? weights : catalogue.ClusterMass);
        }
    }

    public static int Count => 2 * Departments.Names.Length;

    /// <summary>Readable names, as the labels have them.</summary>
    public string[] Names { get; }

    /// <summary>A cluster this persona would look at.</summary>
    public int DrawCluster(int persona, ulong bits) => _clusters[persona].Draw(bits);

    private static void Prefer(double[] affinity, int department, int count, SampleRandom random)
    {
        var order = Enumerable.Range(department * 10, 10).ToArray();
        for (var i = 0; i < count; i++)
        {
            var other = i + random.Next(order.Length - i);
            (order[i], order[other]) = (order[other], order[i]);
            affinity[order[i]] += 0.5 + random.NextDouble();
        }
    }
}

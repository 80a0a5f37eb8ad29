using System.Globalization;
using System.Text;
using global::Lurm.Index;
using Lurm.Benchmarks.Encode;
using Lurm.Benchmarks.Index;
using Lurm.Store;
using Lurm.Store.Queries;

namespace Lurm.Benchmarks.Endpoints;

/// <summary>The database that is served: synthetic users with a representation, a country and a spend that is uniform over 10,000 values.</summary>
internal static class EndpointShop
{
    public const int K = 20;

    private const int Spends = 10_000;

    /// <summary>Makes what is not there yet, and measures the bare index search meanwhile.</summary>
    /// <returns>Processor microseconds of one search for <see cref="K"/> neighbours.</returns>
    public static double Prepare(string folder, int users)
    {
        using var database = Directory.Exists(folder)
            ? LurmDatabase.Open(folder)
            : SyntheticShop.Create(folder, users, months: 4, interestsPerMonth: 10, interests: 2_000, tasteSize: 20);
        if (database.GetStats().Representations == 0)
        {
            database.Embed();
        }

        if (!database.Attributes.Any(attribute => attribute.Name == "Spend"))
        {
            AddAttributes(database, folder + ".attributes.csv", users);
        }

        return BareSearch(database, users);
    }

    /// <summary>One user in ten, a thousand different ones.</summary>
    public static string Filter(int number) => string.Create(CultureInfo.InvariantCulture, $"Spend ge {number * 9} and Spend lt {(number * 9) + (Spends / 10)}");

    /// <summary>The n-th user asked about: all over the base, and the same in each run.</summary>
    public static string User(int n, int users) => string.Create(CultureInfo.InvariantCulture, $"u{(uint)n * 2_654_435_761u % (uint)users}");

    private static void AddAttributes(LurmDatabase database, string file, int users)
    {
        var random = new Random(7);
        string[] countries = ["France", "Germany", "Norway", "Spain", "Italy", "Poland", "Denmark", "Austria", "Belgium", "Finland"];
        var text = new StringBuilder("user,Country,Spend\n");
        for (var user = 0; user < users; user++)
        {
            text.Append(CultureInfo.InvariantCulture, $"u{user},{countries[random.Next(countries.Length)]},{random.Next(Spends)}\n");
        }

        File.WriteAllText(file, text.ToString());
        database.RegisterAttribute("Country", AttributeType.String, isIndexed: true);
        database.RegisterAttribute("Spend", AttributeType.Number, isIndexed: true);
        database.ImportAttributes(file, new AttributeMapping { UserColumn = "user", Attributes = [new AttributeColumn("Country", "Country"), new AttributeColumn("Spend", "Spend", AttributeType.Number)] });
        File.Delete(file);
    }

    private static double BareSearch(LurmDatabase database, int users)
    {
        const int Queries = 4_000;
        using var view = database.Views.Borrow(CancellationToken.None);
        var hits = new Neighbor[K + 1];
        var vectors = Enumerable.Range(0, Queries).Select(n => database.TryGetRepresentation(User(n, users), out var vector) ? vector : throw new InvalidOperationException("A user has no representation.")).ToArray();
        double best = double.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var cpu = Measure.Cpu();
            Array.ForEach(vectors, vector => view.Index.Search(vector, hits, SimilarSearch.Ef(hits.Length)));
            best = Math.Min(best, (Measure.Cpu() - cpu) / Queries * 1e6);
        }

        return best;
    }
}

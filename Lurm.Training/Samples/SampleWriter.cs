using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Lurm.Training.Samples;

/// <summary>Writes the synthetic shop: <c>events.csv</c> in time order, <c>items.csv</c>, <c>labels.csv</c> and a README of them.</summary>
/// <remarks>One pass over time, so memory holds shoppers and items but never events.</remarks>
internal static class SampleWriter
{
    public const string EventsFileName = "events.csv";
    public const string LabelsFileName = "labels.csv";
    public const string ItemsFileName = "items.csv";

    // Of a shopper's events: what the persona likes, what this one shopper likes, and the rest by popularity alone.
    private const double PersonaShare = 0.45;
    private const double FavouriteShare = 0.20;
    private const double CartShare = 0.12;
    private const double BuyShare = 0.08;
    private const int BufferBytes = 1 << 20;

    private static readonly DateTime Start = new(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Nobody shops at four in the morning.
    private static readonly double[] HourWeights = [2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 11, 10, 9, 9, 9, 10, 12, 14, 14, 12, 8, 4];

    /// <summary>Writes everything into <paramref name="folder"/>, which must not exist or be empty.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="options">How much of it.</param>
    /// <param name="progress">Told how many events stand, about once a megabyte.</param>
    /// <param name="cancellationToken">Checked once per simulated hour.</param>
    public static SampleReport Write(string folder, SampleOptions options, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var watch = Stopwatch.StartNew();
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new IOException($"'{folder}' is not empty; expected a new or an empty folder for the sample. Name another one.");
        }

        Directory.CreateDirectory(folder);
        var catalogue = new Catalogue(options.Items, new SampleRandom(options.Seed, 0));
        var personas = new Personas(catalogue, new SampleRandom(options.Seed, 1));
        var shoppers = new Shoppers(options.Users, options.Months, catalogue, new SampleRandom(options.Seed, 2));
        var partial = Path.Combine(folder, EventsFileName + ".partial");
        long bytes;
        using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            WriteEvents(file, options, catalogue, personas, shoppers, progress, cancellationToken);
            bytes = file.Length;
        }

        WriteItems(Path.Combine(folder, ItemsFileName), catalogue);
        var switched = WriteLabels(Path.Combine(folder, LabelsFileName), personas, shoppers);
        File.WriteAllText(Path.Combine(folder, "README.md"), SampleReadme.Text(options, switched));
        File.Move(partial, Path.Combine(folder, EventsFileName));
        return new SampleReport(folder, options.Users, options.Items, options.EventCount, switched, bytes, watch.Elapsed);
    }

    private static void WriteEvents(
        FileStream file, SampleOptions options, Catalogue catalogue, Personas personas, Shoppers shoppers, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var lines = new EventLines(shoppers, catalogue);
        var random = new SampleRandom(options.Seed, 3);
        var background = new AliasTable(catalogue.ClusterMass);
        var buffer = new byte[BufferBytes];
        var filled = Encoding.UTF8.GetBytes(EventLines.Header, buffer);
        var activity = new double[shoppers.Count];
        var plan = new EventPlan(options, month => shoppers.ActivityIn(month, options.Seed, activity), Start, HourWeights);
        var written = 0L;
        for (var month = 0; month < options.Months; month++)
        {
            if (shoppers.ActivityIn(month, options.Seed, activity) <= 0)
            {
                continue;
            }

            var who = new AliasTable(activity);
            foreach (var (hour, count) in plan.Hours(month))
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0L; i < count; i++)
                {
                    // One event in each of `count` equal parts of the hour keeps the order without sorting.
                    var second = hour + (long)((i + random.NextDouble()) * 3600 / count);
                    var user = who.Draw(random.NextBits());
                    var item = DrawItem(user, month, catalogue, personas, shoppers, background, random);
                    var chance = random.NextDouble();
                    var kind = chance < BuyShare ? 2 : chance < BuyShare + CartShare ? 1 : 0;
                    filled += lines.Write(buffer.AsSpan(filled), user, item, second, kind, shoppers.Country[user]);
                    written++;
                    if (filled <= BufferBytes - EventLines.LongestLine)
                    {
                        continue;
                    }

                    file.Write(buffer, 0, filled);
                    filled = 0;
                    progress?.Report(written);
                }
            }
        }

        file.Write(buffer, 0, filled);
        progress?.Report(written);
    }

    private static int DrawItem(
        int user, int month, Catalogue catalogue, Personas personas, Shoppers shoppers, AliasTable background, SampleRandom random)
    {
        var chance = random.NextDouble();
        var cluster = chance switch
        {
            < PersonaShare => personas.DrawCluster(shoppers.PersonaIn(user, month, random.NextDouble()), random.NextBits()),
            < PersonaShare + FavouriteShare => shoppers.Favourites[(user * Shoppers.FavouritesEach) + random.Next(Shoppers.FavouritesEach)],
            _ => background.Draw(random.NextBits()),
        };
        return catalogue.DrawItem(cluster, random.NextBits());
    }

    private static void WriteItems(string path, Catalogue catalogue)
    {
        using var file = new StreamWriter(path) { NewLine = "\n" };
        file.WriteLine("item,title,category");
        for (var item = 0; item < catalogue.Count; item++)
        {
            file.WriteLine($"{Catalogue.ItemId(item)},{catalogue.Title(item)},{catalogue.Category(item)}");
        }
    }

    private static int WriteLabels(string path, Personas personas, Shoppers shoppers)
    {
        using var file = new StreamWriter(path) { NewLine = "\n" };
        file.WriteLine("user,first_persona,current_persona,switched,switch_month,country");
        var switched = 0;
        for (var user = 0; user < shoppers.Count; user++)
        {
            var month = shoppers.SwitchMonth[user];
            switched += month >= 0 ? 1 : 0;
            var when = month < 0 ? string.Empty : Start.AddMonths(month).ToString("yyyy-MM", CultureInfo.InvariantCulture);
            file.WriteLine(string.Join(
                ',',
                Shoppers.UserId(user),
                personas.Names[shoppers.FirstPersona[user]],
                personas.Names[shoppers.CurrentPersona[user]],
                month >= 0 ? "yes" : "no",
                when,
                Shoppers.Countries[shoppers.Country[user]]));
        }

        return switched;
    }
}

using System.Diagnostics;
using System.Globalization;
using Lurm.Store;
using Lurm.Training.Samples;

namespace Lurm.Training.Demo;

/// <summary>The whole path on a synthetic shop: sample, create, ingest, fit, embed, similar, lookalike; every number is measured here.</summary>
/// <param name="folder">A new or empty folder for the sample and the database.</param>
/// <param name="sample">How large the shop is.</param>
internal sealed class DemoRun(string folder, SampleOptions sample)
{
    private const int Neighbours = 10;
    private const int AskedUsers = 200;
    private const int AskedPersonas = 5;
    private const int SeedsPerAudience = 60;
    private const double AudiencePercent = 5;

    private readonly DemoReport _report = new() { Database = Path.Combine(folder, "shop.lurm"), Sample = Path.Combine(folder, "sample") };

    /// <summary>Told what is being done.</summary>
    public IProgress<FitProgress>? Progress { get; init; }

    /// <summary>A demo that fits into a minute on two cores.</summary>
    public static SampleOptions Size { get; } = new() { Users = 8_000, Months = 24, Events = 320_000, Items = 2_000 };

    /// <exception cref="IOException">The folder has something in it, or cannot be written.</exception>
    public DemoReport Run(CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new IOException($"'{folder}' is not empty; the demo needs a new or an empty folder. Name another one, or none for a temporary one.");
        }

        var made = Sample(cancellationToken);
        using var database = LurmDatabase.Create(_report.Database);
        Ingest(database, made, cancellationToken);
        Fit(database, cancellationToken);
        Embed(database, cancellationToken);
        var truth = PlantedTruth.Read(made.LabelsFile, user => database.TryGetRepresentation(user, out _));
        Similar(database, truth, cancellationToken);
        Lookalike(database, truth, cancellationToken);
        return _report;
    }

    private SampleReport Sample(CancellationToken cancellationToken)
    {
        Tell("making a synthetic shop");
        var made = SampleWriter.Write(_report.Sample, sample, cancellationToken: cancellationToken);
        Add("sample", made.Elapsed, $"{made.Events:N0} events of {made.Users:N0} shoppers over {sample.Months} months; {made.Switched:N0} change their taste");
        return made;
    }

    private void Ingest(LurmDatabase database, SampleReport made, CancellationToken cancellationToken)
    {
        Tell("ingesting events");
        var mapping = new EventMapping
        {
            UserColumn = "user",
            ItemColumn = "item",
            TimeColumn = "time",
            KindColumn = "kind",
            TitleColumn = "title",
            CategoryColumn = "category",
            Attributes = [new AttributeColumn("country", "Country")],
        };
        var taken = database.IngestFiles([made.EventsFile], mapping, cancellationToken: cancellationToken);
        Add("create, ingest", taken.Elapsed, $"{taken.NewUsers:N0} users, {taken.NewItems:N0} items; {taken.Events / taken.Elapsed.TotalSeconds:N0} events a second");
    }

    private void Fit(LurmDatabase database, CancellationToken cancellationToken)
    {
        Tell("fitting item vectors, interests and the encoder");
        var run = new FitRun(new FitOptions { Seed = sample.Seed }, TimeProvider.System)
        {
            Progress = Progress,
        };
        var fitted = run.Run(database, cancellationToken);
        Add("fit", fitted.Elapsed, $"{fitted.Card.Interests:N0} interests, {fitted.Card.Dimensions} components in {fitted.Card.Anchors} anchors, from bags: {string.Join(", ", fitted.Card.Bags.Select(bag => bag.Name))}");
    }

    private void Embed(LurmDatabase database, CancellationToken cancellationToken)
    {
        Tell("embedding users and building the index");
        var embedded = database.Embed(cancellationToken: cancellationToken);
        Add("embed", embedded.Elapsed, $"{embedded.Representations:N0} representations, HNSW index published");
        Tell("comparing the index with exact search");
        var watch = Stopwatch.StartNew();
        var recall = database.MeasureRecall(Neighbours, cancellationToken: cancellationToken);
        _report.Recall = recall.Recall;
        Add("check the index", watch.Elapsed, $"recall@{Neighbours} against exact search {recall.Recall:F3}, over {recall.Sample:N0} users");
    }

    private void Similar(LurmDatabase database, PlantedTruth truth, CancellationToken cancellationToken)
    {
        Tell("asking for similar users");
        var random = new SampleRandom(sample.Seed, 81);
        var known = truth.Personas.SelectMany(truth.UsersOf).ToArray();
        var asked = Enumerable.Range(0, AskedUsers).Select(_ => known[random.Next(known.Length)]).ToArray();
        var same = 0.0;
        var took = TimeSpan.Zero;
        foreach (var user in asked)
        {
            var watch = Stopwatch.StartNew();
            var near = database.Similar(user, Neighbours, cancellationToken: cancellationToken);
            took += watch.Elapsed;
            same += truth.Share([.. near.Select(hit => hit.Id)], truth.PersonaOf(user)!) / AskedUsers;
        }

        Add("similar users", took / AskedUsers, $"{same:P0} of the {Neighbours} nearest share the user's persona, at random {truth.ChanceOfSame:P0}; mean of {AskedUsers} questions");

        // The one of whom most is known.
        var example = asked.MaxBy(user => database.TryGetUser(user, out var record) ? record.EventCount : 0)!;
        _report.Examples.Add($"Nearest to {example}, whose persona is '{truth.PersonaOf(example)}':");
        _report.Examples.AddRange(database.Similar(example, 5, cancellationToken: cancellationToken).Select(hit => Invariant($"  {hit.Id}  score {hit.Score:F3}  '{truth.PersonaOf(hit.Id)}'")));
        _report.Requests.Add($"curl -s '{DemoReport.Address}/odata/Users?$top=3&$filter=Country%20eq%20%27France%27'");
        _report.Requests.Add($"curl -s '{DemoReport.Address}/odata/Users(%27{example}%27)/Lurm.Similar(k=5)'");
        _report.Next.Add($"dotnet run -c Release --project Lurm.Api -- similar {_report.Database} {example} -k 5 --explain");
    }

    private void Lookalike(LurmDatabase database, PlantedTruth truth, CancellationToken cancellationToken)
    {
        Tell("asking for lookalike audiences");
        var personas = truth.Personas.Take(AskedPersonas).ToArray();
        var took = TimeSpan.Zero;
        var lift = 0.0;
        foreach (var persona in personas)
        {
            // At most half of a persona, so that there is somebody left to find.
            var users = truth.UsersOf(persona);
            var seeds = users.Take(Math.Min(SeedsPerAudience, users.Count / 2)).ToHashSet(StringComparer.Ordinal);
            var watch = Stopwatch.StartNew();
            var found = database.Lookalike(new LookalikeQuery { Seeds = [.. seeds], Size = AudienceSize.Percent(AudiencePercent) }, cancellationToken);
            took += watch.Elapsed;
            var members = found.Members.Select(member => member.Id).ToArray();
            lift += truth.Lift(members, seeds, persona) / personas.Length;
            if (persona != personas[0])
            {
                continue;
            }

            var file = Path.Combine(folder, "seeds.txt");
            File.WriteAllLines(file, seeds);
            _report.Examples.Add(Invariant($"{seeds.Count} seeds of persona '{persona}': of the {members.Length} users most like them {truth.Share(members, persona):P0} have it too."));
            var body = $$"""{"seeds":["{{string.Join("\",\"", seeds.Take(30))}}"],"percent":5}""";
            _report.Requests.Add($"curl -s '{DemoReport.Address}/odata/Users/Lurm.Lookalike' -H 'Content-Type: application/json' -d '{body}'");
            _report.Next.Add($"dotnet run -c Release --project Lurm.Api -- lookalike {_report.Database} --seeds {file} --percent 5 --explain");
        }

        _report.Lift = lift;
        Add("lookalike", took / personas.Length, Invariant($"audiences of {AudiencePercent} % hold {lift:F1} times as many of the seeds' persona as random ones; mean of {personas.Length} questions, at most {SeedsPerAudience} seeds each"));
        _report.Next.Add($"dotnet run -c Release --project Lurm.Training -- evaluate {_report.Database} --labels {Path.Combine(_report.Sample, SampleWriter.LabelsFileName)}");
        _report.Next.Add($"dotnet run -c Release --project Lurm.Api -- serve {_report.Database}");
    }

    private void Add(string name, TimeSpan took, FormattableString result) => Add(name, took, Invariant(result));

    private void Add(string name, TimeSpan took, string result)
    {
        _report.Stages.Add(new DemoStage(name, took, result));
        Tell($"{name}: {result}");
    }

    private void Tell(string text) => Progress?.Report(new FitProgress(text, IsMilestone: true));

    // The invariant culture writes "61 %".
    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using Lurm.Training.Evaluation;

namespace Lurm.Training.Demo;

/// <summary>The personas that a sample planted: what nearest users and audiences are judged by.</summary>
internal sealed class PlantedTruth
{
    private readonly Dictionary<string, string> _personaOf;

    public PlantedTruth(IEnumerable<KeyValuePair<string, string>> personaOf) => _personaOf = new Dictionary<string, string>(personaOf, StringComparer.Ordinal);

    /// <summary>Users with a persona.</summary>
    public int Count => _personaOf.Count;

    /// <summary>Personas, the most frequent first.</summary>
    public IReadOnlyList<string> Personas =>
        [.. _personaOf.Values.GroupBy(persona => persona).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Key)];

    /// <summary>Reads <c>labels.csv</c> of a sample; only users that <paramref name="isKnown"/> count.</summary>
    public static PlantedTruth Read(string labelsFile, Func<string, bool> isKnown)
    {
        var file = LabelFile.Read(labelsFile);
        var column = Array.IndexOf(file.Columns, "current_persona");
        return new PlantedTruth(file.Rows.Where(row => isKnown(row.Key)).Select(row => KeyValuePair.Create(row.Key, row.Value[column])));
    }

    /// <summary>What a user is; none where nobody knows.</summary>
    public string? PersonaOf(string user) => _personaOf.GetValueOrDefault(user);

    /// <summary>The users of a persona, in order of their ids.</summary>
    public IReadOnlyList<string> UsersOf(string persona) => [.. _personaOf.Where(pair => pair.Value == persona).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>Share of these users who are of a persona; NaN of nobody.</summary>
    public double Share(IReadOnlyCollection<string> users, string persona) => users.Count(user => PersonaOf(user) == persona) / (double)users.Count;

    /// <summary>How much more of a persona an audience holds than as many users drawn at random from all but the seeds.</summary>
    public double Lift(IReadOnlyCollection<string> audience, IReadOnlySet<string> seeds, string persona) =>
        Share(audience, persona) / Share([.. _personaOf.Keys.Where(user => !seeds.Contains(user))], persona);

    /// <summary>The chance that two users drawn at random share a persona.</summary>
    public double ChanceOfSame => _personaOf.Values.GroupBy(persona => persona).Sum(group => (double)group.Count() * (group.Count() - 1)) / ((double)Count * (Count - 1));
}

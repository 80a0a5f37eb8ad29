using CsCheck;
using Lurm.Store.Attributes;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Filters;

/// <summary>400 random users with gaps in everything, one indexed and one plain attribute of each kind of access, and their truth beside the database.</summary>
public sealed class PeopleFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PeopleFixture()
    {
        Database = LurmDatabase.Create(_folder["people.lurm"]);
        Database.RegisterAttribute("Country", AttributeType.String, isIndexed: true);
        Database.RegisterAttribute("Age", AttributeType.Number);
        Database.RegisterAttribute("Subscribed", AttributeType.Boolean, isIndexed: true);
        Database.RegisterAttribute("Joined", AttributeType.Date);
        Gen.Select(
                Gen.OneOf(Gen.Int[0, FilterGen.Countries.Length - 1].Select(i => (object?)FilterGen.Countries[i]), Gen.Const((object?)null)),
                Gen.OneOf(FilterGen.Number.Select(n => (object?)n), Gen.Const((object?)null)),
                Gen.Int[0, 2],
                Gen.OneOf(FilterGen.Moment.Select(m => (object?)m), Gen.Const((object?)null)),
                FilterGen.Moment,
                Gen.Int[0, 30])
            .Array[400].Sample(Add, seed: "0000KOIPopg3", iter: 1, threads: 1);
    }

    public LurmDatabase Database { get; }

    internal SortedDictionary<long, Dictionary<string, AttributeValue?>> Truth { get; } = [];

    public void Dispose()
    {
        Database.Dispose();
        _folder.Dispose();
    }

    private void Add((object? Country, object? Age, int Subscribed, object? Joined, DateTimeOffset LastSeen, int Events)[] people)
    {
        for (var i = 0; i < people.Length; i++)
        {
            var person = people[i];
            var id = $"u{i}";
            var attributes = new Dictionary<string, object?>
            {
                ["Country"] = person.Country,
                ["Age"] = person.Age,
                ["Subscribed"] = person.Subscribed == 2 ? null : person.Subscribed == 1,
                ["Joined"] = person.Joined,
            };
            Database.SetAttributes(id, attributes);
            Assert.True(Database.TryGetUserKey(id, out var key));
            using (var write = Database.Connections.Write(TestContext.Current.CancellationToken))
            {
                if (person.Events > 0)
                {
                    write.Session.Execute($"UPDATE users SET event_count = {person.Events}, last_seen = {person.LastSeen.ToUnixTimeSeconds()} WHERE user_key = {key}");
                }

                write.Commit();
            }

            Truth[key] = attributes.ToDictionary(a => a.Key, a => a.Value is null ? (AttributeValue?)null : Value(a.Value));
            Truth[key]["Id"] = Value(id);
            Truth[key]["EventCount"] = Value(person.Events);
            Truth[key]["LastSeen"] = person.Events > 0 ? Value(DateTimeOffset.FromUnixTimeSeconds(person.LastSeen.ToUnixTimeSeconds())) : null;
        }
    }

    private static AttributeValue Value(object value) => AttributeValue.TryCreate(value, out var result, out var reason) ? result : throw new ArgumentException(reason);
}

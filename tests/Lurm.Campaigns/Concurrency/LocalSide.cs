using System.Globalization;
using Lurm.Store;

namespace Lurm.Campaigns.Concurrency;

/// <summary>An opening in this process.</summary>
internal sealed class LocalSide(LurmDatabase database) : IShopSide
{
    private const string Note = "Note";

    public void Add(string batch, string user, string item) =>
        database.Ingest([new BehaviourEvent { User = user, Item = item, Time = DateTimeOffset.UnixEpoch.AddYears(55) }], batch);

    public void Erase(string user) => database.Erase([user], allowReturn: true);

    public void SetNote(string user, string value) =>
        database.SetAttributes(user, new Dictionary<string, object?> { [Note] = double.Parse(value, CultureInfo.InvariantCulture) });

    public string ReadItems(string user)
    {
        var items = new SortedSet<string>(StringComparer.Ordinal);
        if (database.TryGetUserKey(user, out var key))
        {
            var names = database.ReadItems().ToDictionary(item => item.Key, item => item.Id);
            database.ReadHistory(key, (_, entries) =>
            {
                foreach (ref readonly var entry in entries)
                {
                    items.Add(names[entry.Item]);
                }
            });
        }

        return string.Join(' ', items);
    }

    public string? ReadNote(string user) =>
        database.TryGetUser(user, out var record) && record.Attributes.TryGetValue(Note, out var value) && value is double number ? number.ToString(CultureInfo.InvariantCulture) : null;

    public void Publish(string model)
    {
        try
        {
            database.Embed(new EmbedOptions { ModelId = model, KeepRetired = TimeSpan.FromHours(1) });
        }
        catch (StoreException fault) when (fault.Fault == StoreFault.Conflict)
        {
            // Another embed holds the lease, as the message says.
        }
    }

    public (string Model, float[] Scores) Similar(string user, int k)
    {
        var result = database.Similar(new SimilarQuery { UserId = user, K = k });
        return (result.ModelId, [.. result.Users.Select(one => one.Score)]);
    }
}

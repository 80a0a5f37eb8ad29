using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lurm.Store.Attributes;
using Lurm.Store.Audiences;
using Lurm.Store.Histories;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Operations;

/// <summary>Writes all that is known of one user as JSON.</summary>
internal static class UserExport
{
    public static string Write(LurmDatabase database, UserRecord user)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("id", user.Id);
            WriteMoment(json, "firstSeen", user.FirstSeen);
            WriteMoment(json, "lastSeen", user.LastSeen);
            json.WriteNumber("eventCount", user.EventCount);
            json.WriteNumber("periodCount", user.PeriodCount);
            json.WriteNumber("itemCount", user.ItemCount);
            using (var read = database.Connections.Read())
            {
                WriteAttributes(json, read.Session, database.Registry(read.Session), user.UserKey);
            }

            WriteHistory(json, database, user.UserKey);
            WriteAudiences(json, database, user.UserKey);
            database.ExportRepresentation(json, user.UserKey);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static void WriteAttributes(Utf8JsonWriter json, Session session, AttributeRegistry registry, long userKey)
    {
        json.WriteStartArray("attributes");
        using var values = session.Prepare("SELECT attribute_key, value, value_time FROM attribute_values WHERE user_key = ?1 ORDER BY attribute_key");
        values.Bind(1, userKey);
        while (values.Step())
        {
            if (!registry.TryGet(values.Int32(0), out var attribute))
            {
                continue;
            }

            json.WriteStartObject();
            json.WriteString("name", attribute.Definition.Name);
            json.WriteString("type", AttributeTypeNames.Of(attribute.Type));
            json.WritePropertyName("value");
            JsonSerializer.Serialize(json, values.IsNull(1) ? null : AttributeColumnValue.Read(values, 1, attribute.Type).ToObject());
            json.WriteString("asOf", DateTimeOffset.FromUnixTimeMilliseconds(values.Int64(2)).UtcDateTime);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHistory(Utf8JsonWriter json, LurmDatabase database, long userKey)
    {
        HistoryEntry[] entries = [];
        database.ReadHistory(userKey, (_, found) => entries = found.ToArray());
        json.WriteStartArray("history");
        using var read = database.Connections.Read();
        using var item = read.Session.Prepare("SELECT id, title, category FROM items WHERE item_key = ?1");
        using var kind = read.Session.Prepare("SELECT name FROM kinds WHERE kind_key = ?1");
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("period", PeriodName(entry.Period, database.Grain));
            if (item.Bind(1, entry.Item).Step())
            {
                json.WriteString("item", item.Text(0));
                WriteText(json, "title", item.Text(1));
                WriteText(json, "category", item.Text(2));
            }

            item.Reset();
            if (entry.Kind != 0 && kind.Bind(1, entry.Kind).Step())
            {
                json.WriteString("kind", kind.Text(0));
            }

            kind.Reset();
            json.WriteNumber("count", entry.Count);
            json.WriteNumber("weight", entry.WeightThousandths / 1000m);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Members, seeds and exclusions alike: what is kept of the user in an audience.
    private static void WriteAudiences(Utf8JsonWriter json, LurmDatabase database, long userKey)
    {
        json.WriteStartArray("audiences");
        using var read = database.Connections.ReadSnapshot();
        foreach (var membership in AudienceTable.Memberships(read.Session, userKey))
        {
            json.WriteStartObject();
            json.WriteString("id", membership.AudienceId);
            if (membership.Rank is { } rank)
            {
                json.WriteNumber("rank", rank);
                json.WriteNumber("score", membership.Score);
            }

            json.WriteBoolean("isSeed", membership.IsSeed);
            json.WriteBoolean("isExcluded", membership.IsExcluded);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string PeriodName(int period, PeriodGrain grain) => grain == PeriodGrain.Day
        ? DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(period).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{1970 + period / 12:0000}-{period % 12 + 1:00}");

    private static void WriteMoment(Utf8JsonWriter json, string name, DateTimeOffset? moment)
    {
        if (moment is { } value)
        {
            json.WriteString(name, value.UtcDateTime);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}

using Lurm.Store.Attributes;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Users;

/// <summary>Reads single users on one session.</summary>
internal sealed class UserReader(Session session, AttributeRegistry registry)
{
    /// <summary>A user as of now; none where the key is nobody's.</summary>
    public UserRecord? Read(long userKey)
    {
        using var user = session.Prepare("SELECT id, first_seen, last_seen, event_count, period_count, item_count, history_version FROM users WHERE user_key = ?1");
        user.Bind(1, userKey);
        if (!user.Step())
        {
            return null;
        }

        var (attributes, version) = ReadAttributes(userKey);
        return new UserRecord
        {
            UserKey = userKey,
            Id = user.Text(0)!,
            FirstSeen = Moment(user, 1),
            LastSeen = Moment(user, 2),
            EventCount = user.Int64(3),
            PeriodCount = user.Int32(4),
            ItemCount = user.Int32(5),
            Attributes = attributes,
            Version = $"{user.Int64(6):x}-{version:x}",
        };
    }

    private static DateTimeOffset? Moment(Statement statement, int column) =>
        statement.IsNull(column) ? null : DateTimeOffset.FromUnixTimeSeconds(statement.Int64(column));

    private (Dictionary<string, object?> Attributes, long Version) ReadAttributes(long userKey)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        long version = 0;
        using var values = session.Prepare("SELECT attribute_key, value, version FROM attribute_values WHERE user_key = ?1 ORDER BY attribute_key");
        values.Bind(1, userKey);
        while (values.Step())
        {
            version = Math.Max(version, values.Int64(2));

            // An attribute registered after the registry was read is left for the next call.
            if (!values.IsNull(1) && registry.TryGet(values.Int32(0), out var attribute))
            {
                attributes.Add(attribute.Definition.Name, AttributeColumnValue.Read(values, 1, attribute.Type).ToObject());
            }
        }

        return (attributes, version);
    }
}

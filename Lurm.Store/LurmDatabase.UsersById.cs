using System.Diagnostics.CodeAnalysis;
using Lurm.Store.Attributes;
using Lurm.Store.Sqlite;
using Lurm.Store.Users;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>More changed users than this are not named one by one.</summary>
    private const int MaxChangedUsers = 10_000;

    /// <summary>The users of these ids, each in the place of its id, as of one moment; null where nobody has the id.</summary>
    /// <remarks>One read of all of them: cheaper than <see cref="TryGetUser"/> for each.</remarks>
    public IReadOnlyList<UserRecord?> GetUsers(IReadOnlyList<string> userIds) => GetUsers(userIds, out _);

    /// <summary>The users of these ids, and the moment they were read at, for who keeps what was read until it changes.</summary>
    public IReadOnlyList<UserRecord?> GetUsers(IReadOnlyList<string> userIds, out UserMoment moment)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        using var read = Connections.ReadSnapshot();
        moment = Moment(read.Session);
        var reader = new UserReader(read.Session, Registry(read.Session));
        var users = new UserRecord?[userIds.Count];
        for (var i = 0; i < users.Length; i++)
        {
            users[i] = UserRows.TryGetKey(read.Session, userIds[i], out var key) ? reader.Read(key) : null;
        }

        return users;
    }

    /// <summary>The moment that is now. Costs one small read.</summary>
    public UserMoment GetUserMoment()
    {
        using var read = Connections.Read();
        return Moment(read.Session);
    }

    /// <summary>The keys of the users whose records have changed since <paramref name="since"/>, new users among them.</summary>
    /// <param name="since">The moment up to which the caller knows.</param>
    /// <param name="userKeys">Their keys, some perhaps twice.</param>
    /// <param name="now">The moment up to which the caller knows with them.</param>
    /// <returns>False where they cannot be named, since some were erased or too many have changed: what is known of any may be old.</returns>
    public bool TryGetChangedUsers(UserMoment since, [NotNullWhen(true)] out IReadOnlyList<long>? userKeys, out UserMoment now)
    {
        using var read = Connections.ReadSnapshot();
        now = Moment(read.Session);
        userKeys = null;
        if (now.Erasures != since.Erasures)
        {
            return false;
        }

        // Both sides by their own index.
        using var changed = read.Session.Prepare(
            """
            SELECT user_key FROM users WHERE history_version > ?1
            UNION ALL SELECT user_key FROM attribute_values INDEXED BY attribute_values_by_version WHERE version > ?2
            LIMIT ?3
            """);
        changed.Bind(1, since.Histories).Bind(2, since.Attributes).Bind(3, MaxChangedUsers + 1);
        var keys = new List<long>();
        while (changed.Step())
        {
            keys.Add(changed.Int64(0));
        }

        userKeys = keys;
        return keys.Count <= MaxChangedUsers;
    }

    private static UserMoment Moment(Session session)
    {
        using var settings = session.Prepare(
            """
            SELECT (SELECT value FROM settings WHERE name = 'attribute_version'), (SELECT value FROM settings WHERE name = 'history_version'),
                   (SELECT value FROM settings WHERE name = 'erasure_version')
            """);
        settings.Step();
        return new UserMoment(settings.Int64(0), settings.Int64(1), settings.Int64(2));
    }
}

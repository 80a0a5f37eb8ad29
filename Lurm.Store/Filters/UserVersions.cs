using Lurm.Store.Sqlite;

namespace Lurm.Store.Filters;

/// <summary>The numbers by which a change of users shows, by whichever process: columns of the same numbers are the same.</summary>
internal readonly record struct UserVersions(long Attribute, long History, long Erasure, long LastKey)
{
    public static UserVersions Read(Session session)
    {
        using var settings = session.Prepare(
            """
            SELECT (SELECT value FROM settings WHERE name = 'attribute_version'), (SELECT value FROM settings WHERE name = 'history_version'),
                   (SELECT value FROM settings WHERE name = 'erasure_version'), (SELECT max(user_key) FROM users)
            """);
        settings.Step();
        return new UserVersions(settings.Int64(0), settings.Int64(1), settings.Int64(2), settings.Int64(3));
    }
}

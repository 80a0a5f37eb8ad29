using Lurm.Store.Sqlite;

namespace Lurm.Store.Attributes;

/// <summary>Finds and adds rows of <c>users</c> that come without events.</summary>
internal static class UserRows
{
    public static bool TryGetKey(Session session, string userId, out long key)
    {
        using var statement = session.Prepare("SELECT user_key FROM users WHERE id = ?1");
        statement.BindText(1, userId);
        key = statement.Step() ? statement.Int64(0) : 0;
        return key != 0;
    }

    public static long Add(Session session, string userId)
    {
        using var insert = session.Prepare("INSERT INTO users (id) VALUES (?1) RETURNING user_key");
        insert.BindText(1, userId).Step();
        return insert.Int64(0);
    }
}

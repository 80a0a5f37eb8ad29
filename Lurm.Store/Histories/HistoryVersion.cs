using Lurm.Store.Sqlite;

namespace Lurm.Store.Histories;

/// <summary>The number of the last change to any history; a user whose own number is larger than a watermark has changed since.</summary>
internal static class HistoryVersion
{
    /// <summary>As the session sees it.</summary>
    public static long Last(Session session) => session.QueryInt64("SELECT value FROM settings WHERE name = 'history_version'");

    /// <summary>A new one, for the changes of this transaction.</summary>
    public static long Next(Session session) => session.QueryInt64("UPDATE settings SET value = value + 1 WHERE name = 'history_version' RETURNING value");
}

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Lurm.Store.Sqlite;

/// <summary>Turns SQLite's result codes into <see cref="StoreException"/>s that say what to do.</summary>
internal static class SqliteFaults
{
    /// <summary>Throws for the result code <paramref name="code"/> of the connection <paramref name="handle"/>.</summary>
    [DoesNotReturn]
    [StackTraceHidden]
    public static void Throw(sqlite3 handle, int code, string what) =>
        throw From(code, raw.sqlite3_errmsg(handle).utf8_to_string(), what, null);

    /// <summary>The fault behind an ADO exception; <paramref name="what"/> says what was being done.</summary>
    public static StoreException From(SqliteException exception, string what) =>
        From(exception.SqliteErrorCode, exception.Message, what, exception);

    private static StoreException From(int code, string message, string what, Exception? cause) => (code & 0xFF) switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreException(StoreFault.Unavailable, $"{what}: another process kept the database locked for {Connections.BusySeconds} s ({message}). Try again when it is done.", cause),
        raw.SQLITE_CORRUPT => new StoreException(StoreFault.Corrupt, $"{what}: the database file is damaged ({message}). Run 'lurm check' and restore a backup.", cause),
        raw.SQLITE_NOTADB => new StoreException(StoreFault.Incompatible, $"{what}: the file is not a SQLite database ({message}). Expected a folder made by 'lurm create'.", cause),
        raw.SQLITE_FULL => new StoreException(StoreFault.Unavailable, $"{what}: the disk is full ({message}). Nothing of the open transaction was kept; free space and try again.", cause),
        raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY => new StoreException(StoreFault.Unavailable, $"{what}: the file or its folder could not be written, which reading needs too ({message}). Check the folder's disk and its rights, or open a copy.", cause),
        raw.SQLITE_IOERR or raw.SQLITE_PERM or raw.SQLITE_AUTH => new StoreException(StoreFault.Unavailable, $"{what}: the file could not be read or written ({message}). Check the folder's disk and its rights.", cause),
        raw.SQLITE_CONSTRAINT => new StoreException(StoreFault.Conflict, $"{what}: a rule of the schema forbids it ({message}).", cause),
        _ => new StoreException(StoreFault.Unavailable, $"{what}: SQLite answered {code} ({message}).", cause),
    };
}

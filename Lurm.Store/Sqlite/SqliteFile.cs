using System.Runtime.InteropServices;
using SQLitePCL;

namespace Lurm.Store.Sqlite;

/// <summary>The database file or its write-ahead log, through the handle that a connection of SQLite already holds.</summary>
/// <remarks>
/// A second handle of our own would do harm: on POSIX systems closing it drops the locks of every other handle of this process on the file.
/// Lives as long as its session; one thread.
/// </remarks>
internal sealed unsafe class SqliteFile
{
    private const int FilePointer = 7; // SQLITE_FCNTL_FILE_POINTER
    private const int JournalPointer = 28; // SQLITE_FCNTL_JOURNAL_POINTER
    private const int SyncNormal = 2; // SQLITE_SYNC_NORMAL

    private readonly Session _session;
    private readonly Handle* _handle;

    private SqliteFile(Session session, int operation)
    {
        _session = session;
        var library = NativeLibrary.Load(raw.GetNativeLibraryName(), typeof(SqliteFile).Assembly, null);
        var control = (delegate* unmanaged[Cdecl]<nint, byte*, int, void*, int>)NativeLibrary.GetExport(library, "sqlite3_file_control");
        Handle* handle = null;
        fixed (byte* main = "main\0"u8)
        {
            Check(control(session.Handle.DangerousGetHandle(), main, operation, &handle), "asking for the handle of");
        }

        _handle = handle;
    }

    /// <summary>SQLite's own structure; tests put failing operations into it.</summary>
    public Handle* Pointer => _handle;

    /// <summary>Bytes in the file at this moment.</summary>
    public long Length
    {
        get
        {
            long length;
            Check(_handle->Methods->FileSize(_handle, &length), "measuring");
            return length;
        }
    }

    /// <summary>The file <c>lurm.db</c> of a session that has read from it.</summary>
    public static SqliteFile Database(Session session) => new(session, FilePointer);

    /// <summary>The write-ahead log of a session that has read from the database.</summary>
    public static SqliteFile Log(Session session) => new(session, JournalPointer);

    /// <summary>Fills <paramref name="bytes"/> from <paramref name="offset"/>; the file must be that long.</summary>
    public void Read(Span<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            Check(_handle->Methods->Read(_handle, start, bytes.Length, offset), "reading");
        }
    }

    /// <summary>Writes past SQLite: the caller holds the write lock, and knows that the log has nothing of the place.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            Check(_handle->Methods->Write(_handle, start, bytes.Length, offset), "writing");
        }
    }

    /// <summary>Returns once what was written is on the disk.</summary>
    public void Sync() => Check(_handle->Methods->Sync(_handle, SyncNormal), "syncing");

    private void Check(int code, string what)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new StoreException(StoreFault.Unavailable, $"{what} '{_session.Connection.DataSource}' failed: SQLite answered {code}. Check the folder's disk and its rights.");
        }
    }

    /// <summary><c>sqlite3_file</c> of sqlite3.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Handle
    {
        public Operations* Methods;
    }

    /// <summary><c>sqlite3_io_methods</c> of sqlite3.h, as far as it is used.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Operations
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<Handle*, int> Close;
        public delegate* unmanaged[Cdecl]<Handle*, byte*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<Handle*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<Handle*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<Handle*, int, int> Sync;
        public delegate* unmanaged[Cdecl]<Handle*, long*, int> FileSize;
    }
}

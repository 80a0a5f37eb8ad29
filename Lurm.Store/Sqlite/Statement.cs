using System.Text;
using SQLitePCL;

namespace Lurm.Store.Sqlite;

/// <summary>A prepared statement on SQLite's own interface: spans in, spans out, nothing boxed. Get one from <see cref="Session.Prepare"/>.</summary>
/// <remarks>Parameters count from 1, columns from 0. Spans of a row live until the next <see cref="Step"/>, <see cref="Reset"/> or <see cref="Dispose"/>. One thread.</remarks>
internal sealed class Statement : IDisposable
{
    private readonly Session _session;
    private readonly sqlite3_stmt _handle;

    internal Statement(Session session, string sql)
    {
        _session = session;
        Sql = sql;
        var code = raw.sqlite3_prepare_v3(session.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle);
        if (code != raw.SQLITE_OK)
        {
            SqliteFaults.Throw(session.Handle, code, $"preparing '{sql}'");
        }
    }

    /// <summary>Its text.</summary>
    public string Sql { get; }

    /// <summary>Gives it back to its session, ready to be prepared again.</summary>
    public void Dispose()
    {
        Reset();
        _ = raw.sqlite3_clear_bindings(_handle);
        _session.Return(this);
    }

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, double value)
    {
        Check(raw.sqlite3_bind_double(_handle, parameter, value));
        return this;
    }

    /// <summary>Binds a blob; the bytes are copied.</summary>
    public Statement BindBlob(int parameter, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_handle, parameter, 0) : raw.sqlite3_bind_blob(_handle, parameter, value));
        return this;
    }

    /// <summary>Binds text given as UTF-8; the bytes are copied.</summary>
    public Statement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(_handle, parameter, utf8));
        return this;
    }

    /// <summary>Binds text, or NULL.</summary>
    public Statement BindText(int parameter, string? text)
    {
        Check(text is null ? raw.sqlite3_bind_null(_handle, parameter) : raw.sqlite3_bind_text(_handle, parameter, Encoding.UTF8.GetBytes(text)));
        return this;
    }

    public Statement BindNull(int parameter)
    {
        Check(raw.sqlite3_bind_null(_handle, parameter));
        return this;
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_handle);
        switch (code)
        {
            case raw.SQLITE_ROW:
                return true;
            case raw.SQLITE_DONE:
                return false;
            default:
                SqliteFaults.Throw(_session.Handle, code, $"running '{Sql}'");
                return false;
        }
    }

    /// <summary>Runs it to its end and makes it ready for the next bindings, which it keeps.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    /// <summary>Back before the first row; bindings stay.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_handle, column);

    public int Int32(int column) => checked((int)Int64(column));

    public double Double(int column) => raw.sqlite3_column_double(_handle, column);

    /// <summary>The blob's or text's bytes in SQLite's own memory; empty for NULL.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_handle, column);

    public string? Text(int column) => IsNull(column) ? null : raw.sqlite3_column_text(_handle, column).utf8_to_string();

    internal void Close() => _handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            SqliteFaults.Throw(_session.Handle, code, $"binding a value of '{Sql}'");
        }
    }
}

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Lurm.Store.Sqlite;

/// <summary>One open connection with its prepared statements. Rented from <see cref="Connections"/>; one thread at a time.</summary>
internal sealed class Session : IDisposable
{
    private readonly Dictionary<string, Stack<Statement>> _statements = [];
    private readonly HashSet<Statement> _open = [];

    internal Session(string connectionString, string pragmas)
    {
        Connection = new SqliteConnection(connectionString);
        try
        {
            Connection.Open();

            // The first statement is what opens the file: a fault of it is one of the path.
            if (raw.sqlite3_exec(Handle, pragmas) is not raw.SQLITE_OK and var code)
            {
                SqliteFaults.Throw(Handle, code, $"opening '{Connection.DataSource}'");
            }
        }
        catch (SqliteException exception)
        {
            Connection.Dispose();
            throw SqliteFaults.From(exception, $"opening '{Connection.DataSource}'");
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    /// <summary>For ADO commands, where comfort matters more than speed. Transactions are begun by the lease, not here.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>SQLite's own handle.</summary>
    public sqlite3 Handle => Connection.Handle!;

    /// <summary>The row number of the last row that was inserted.</summary>
    public long LastRowId => raw.sqlite3_last_insert_rowid(Handle);

    /// <summary>How many rows the last statement inserted, updated or deleted.</summary>
    public int Changes => raw.sqlite3_changes(Handle);

    /// <summary>A prepared statement, kept for the next caller once disposed.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var free) && free.TryPop(out var statement))
        {
            return statement;
        }

        statement = new Statement(this, sql);
        _open.Add(statement);
        return statement;
    }

    /// <summary>Runs one or more statements that take no values and give no rows.</summary>
    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(Handle, sql);
        if (code != raw.SQLITE_OK)
        {
            SqliteFaults.Throw(Handle, code, $"running '{(sql.Length <= 200 ? sql : sql[..200] + "…")}'");
        }
    }

    /// <summary>The first column of the first row, 0 where there is none or it is NULL.</summary>
    public long QueryInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>The first column of the first row as text.</summary>
    public string? QueryText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    public void Dispose()
    {
        foreach (var statement in _open)
        {
            statement.Close();
        }

        Connection.Dispose();
    }

    internal void Return(Statement statement)
    {
        if (!_statements.TryGetValue(statement.Sql, out var free))
        {
            _statements.Add(statement.Sql, free = new Stack<Statement>());
        }

        free.Push(statement);
    }
}

using Lurm.Index;
using Lurm.Store.Attributes;
using Lurm.Store.Filters;
using Lurm.Store.Sqlite;
using Lurm.Store.Users;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    private UserColumns? _columns;
    private int _selections;

    /// <summary>Finds a user by id; false where nobody has it.</summary>
    public bool TryGetUser(string userId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out UserRecord? user)
    {
        ArgumentNullException.ThrowIfNull(userId);
        using var read = Connections.ReadSnapshot();
        user = UserRows.TryGetKey(read.Session, userId, out var key) ? new UserReader(read.Session, Registry(read.Session)).Read(key) : null;
        return user is not null;
    }

    /// <summary>Finds the row number of a user; false where nobody has the id.</summary>
    public bool TryGetUserKey(string userId, out long key)
    {
        ArgumentNullException.ThrowIfNull(userId);
        using var read = Connections.Read();
        return UserRows.TryGetKey(read.Session, userId, out key);
    }

    /// <summary>Writes the id of each key to the same place of <paramref name="ids"/>; null where the key is nobody's.</summary>
    public void GetUserIds(ReadOnlySpan<long> keys, Span<string?> ids)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ids.Length, keys.Length, nameof(ids));
        using var read = Connections.Read();
        using var statement = read.Session.Prepare("SELECT id FROM users WHERE user_key = ?1");
        for (var i = 0; i < keys.Length; i++)
        {
            statement.Bind(1, keys[i]);
            ids[i] = statement.Step() ? statement.Text(0) : null;
            statement.Reset();
        }
    }

    /// <summary>One page of the users that pass a filter, in an order of choice.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Invalid"/>: an unknown property, a constant of another type, or a token of another list.</exception>
    public UserPage ListUsers(UserListQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var condition = Compile(query.Filter, cancellationToken);
        using var read = Connections.ReadSnapshot();
        var registry = Registry(read.Session);
        var (keys, next) = UserListing.Page(read.Session, query, registry, condition);
        var reader = new UserReader(read.Session, registry);
        var users = new List<UserRecord>(keys.Count);
        foreach (var key in keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            users.Add(reader.Read(key)!);
        }

        return new UserPage(users, next);
    }

    /// <summary>How many users pass <paramref name="filter"/>; none: how many there are.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Invalid"/>: an unknown property, or a constant of another type.</exception>
    public long CountUsers(UserFilter? filter = null, CancellationToken cancellationToken = default)
    {
        var condition = Compile(filter, cancellationToken);
        using var read = Connections.Read();
        var statement = new Statement(read.Session, $"SELECT COUNT(*) FROM users u WHERE {condition.Text}");
        try
        {
            condition.Bind(statement);
            return statement.Step() ? statement.Int64(0) : 0;
        }
        finally
        {
            statement.Close();
        }
    }

    /// <summary>The keys of all users that pass <paramref name="filter"/>, ascending.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Invalid"/>: an unknown property, or a constant of another type.</exception>
    public long[] SelectUserKeys(UserFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);

        return IsFirstSelection() ? SelectUserKeysBySql(filter, cancellationToken) : SelectUsers(filter, cancellationToken).ToArray();
    }

    /// <summary>The same for a search: a filter asked for before costs a look at the versions, while no user has changed.</summary>
    internal VectorFilter SelectForSearch(UserFilter filter, CancellationToken cancellationToken) =>
        IsFirstSelection() ? VectorFilter.FromKeys(SelectUserKeysBySql(filter, cancellationToken)) : SelectUsers(filter, cancellationToken).Filter;

    /// <summary>The users that pass <paramref name="filter"/>, from columns in memory where it can be; an answer asked for before costs next to nothing while no user has changed.</summary>
    internal UserSet SelectUsers(UserFilter filter, CancellationToken cancellationToken = default) =>
        Columns().Select(filter, node => SelectUserKeysBySql(node, cancellationToken));

    /// <summary>The reference for every faster way: what SQLite says.</summary>
    internal long[] SelectUserKeysBySql(UserFilter filter, CancellationToken cancellationToken)
    {
        const int Page = 65_536;
        var condition = Compile(filter, cancellationToken);
        var keys = new List<long>();
        using var read = Connections.Read();
        var statement = new Statement(read.Session, $"SELECT u.user_key FROM users u WHERE u.user_key > ?{condition.Values.Count + 1} AND {condition.Text} ORDER BY u.user_key LIMIT {Page}");
        try
        {
            condition.Bind(statement);
            int before;
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                before = keys.Count;
                statement.Bind(condition.Values.Count + 1, before == 0 ? 0 : keys[^1]);
                while (statement.Step())
                {
                    keys.Add(statement.Int64(0));
                }

                statement.Reset();
            }
            while (keys.Count == before + Page);
        }
        finally
        {
            statement.Close();
        }

        return [.. keys];
    }

    /// <summary>The active model's interest of each item by item key, -1 for none.</summary>
    internal int[] ItemInterests(CancellationToken cancellationToken) => TryGetActiveModel(out var bundle)
        ? bundle.Interests.MapItems(ReadItems(cancellationToken), cancellationToken)
        : throw new StoreException(StoreFault.Unavailable, "Lurm.HasInterest needs a model, and none is active. Run 'lurm-train fit', then 'lurm embed'.");

    // A process that filters once does not pay for columns.
    private bool IsFirstSelection() => Volatile.Read(ref _columns) is null && Interlocked.Increment(ref _selections) < 2;

    private UserColumns Columns()
    {
        var known = Volatile.Read(ref _columns);
        if (known is not null)
        {
            // One statement is a snapshot of its own, at a third of the cost of a transaction.
            using var look = Connections.Read();
            if (known.IsCurrent(look.Session))
            {
                return known;
            }
        }

        using var read = Connections.ReadSnapshot();
        var current = UserColumns.Refresh(known, read.Session, Registry);
        // Of two threads that read a change one keeps its result; both are right.
        _ = Interlocked.CompareExchange(ref _columns, current, known);
        return current;
    }

    // Outside any read transaction: conditions on histories scan them.
    private SqlCondition Compile(UserFilter? filter, CancellationToken cancellationToken)
    {
        if (filter is null)
        {
            return SqlCondition.All;
        }

        AttributeRegistry registry;
        using (var read = Connections.Read())
        {
            registry = Registry(read.Session);
        }

        return FilterSql.Compile(filter, registry, new HistoryConditions(this, cancellationToken));
    }
}

using System.Diagnostics;
using Lurm.Store.Attributes;
using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;
using Lurm.Store.Users;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    private volatile AttributeRegistry? _registry;

    /// <summary>The attributes that users can have, in order of registration.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes
    {
        get
        {
            using var read = Connections.Read();
            return [.. Registry(read.Session).All.Select(attribute => attribute.Definition)];
        }
    }

    /// <summary>Makes an attribute known, and indexed where asked; nothing happens where it is already.</summary>
    /// <param name="name">A letter or '_', then letters, digits and '_'.</param>
    /// <param name="type">What it holds; fixed from then on.</param>
    /// <param name="isIndexed">Whether filters on it get an index and in-memory columns.</param>
    /// <exception cref="StoreException">The name is none, or registered with another type.</exception>
    public void RegisterAttribute(string name, AttributeType type, bool isIndexed = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var write = Connections.Write();
        using (var writer = new AttributeWriter(write.Session))
        {
            writer.Register(name, type, isIndexed);
        }

        write.Commit();
    }

    /// <summary>Sets attributes of one user, who is added where unknown. All of them or none.</summary>
    /// <param name="userId">See <see cref="UserId"/>.</param>
    /// <param name="values">Text, a number, a boolean, a date, or null to take the value away, by registered name.</param>
    /// <param name="expectedVersion">The <see cref="UserRecord.Version"/> that the user must still have, empty where the user must not exist; none: whatever it is.</param>
    /// <exception cref="StoreException">
    /// Invalid: an attribute is not registered or of another type. Conflict: the user has changed, or the id was erased and may not come back.
    /// </exception>
    /// <remarks>The values count as of now: they stand until an event of a later time brings others.</remarks>
    public void SetAttributes(string userId, IReadOnlyDictionary<string, object?> values, string? expectedVersion = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (!UserId.TryCreate(userId, out _, out var reason))
        {
            throw new StoreException(StoreFault.Invalid, reason + ".");
        }

        using var write = Connections.Write();
        if (expectedVersion is not null)
        {
            ExpectVersion(write.Session, userId, expectedVersion);
        }

        using (var writer = new AttributeWriter(write.Session))
        {
            var typed = values.Select(value => Typed(writer, value.Key, value.Value)).ToArray();
            var key = FindOrAddUser(write.Session, userId);
            var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var (attribute, value) in typed)
            {
                writer.Set(key, attribute, value, now);
            }
        }

        write.Commit();
    }

    /// <summary>Sets attributes of many users from a file (CSV, TSV, NDJSON or Parquet, plain or gzip); unknown users are added, attributes registered. All rows or none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mapping">Which columns are what.</param>
    /// <param name="cancellationToken">Checked once per row; what was applied stays, and the same file may be imported again.</param>
    /// <exception cref="StoreException">A column is missing, a row is bad, or an attribute is registered with another type; nothing was stored.</exception>
    public ImportReport ImportAttributes(string path, AttributeMapping mapping, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(mapping);
        var clock = Stopwatch.StartNew();
        var file = new AttributeFile(this, path, mapping);
        file.Check(cancellationToken);
        file.Apply(cancellationToken);
        return new ImportReport(file.Rows, file.Added, file.Changed, clock.Elapsed) { Suppressed = file.Suppressed };
    }

    /// <summary>The registry as of the session's state; read again only after a change by anyone.</summary>
    internal AttributeRegistry Registry(Session session)
    {
        var known = _registry;
        if (known is null || known.Version != AttributeRegistry.CurrentVersion(session))
        {
            _registry = known = AttributeRegistry.Read(session);
        }

        return known;
    }

    private static (RegisteredAttribute Attribute, AttributeValue? Value) Typed(AttributeWriter writer, string name, object? value)
    {
        if (!writer.TryGet(name, out var attribute))
        {
            throw new StoreException(StoreFault.Invalid, $"The attribute '{name}' is not registered; register it first, with its type.");
        }

        if (value is null)
        {
            return (attribute, null);
        }

        if (!AttributeValue.TryCreate(value, out var constant, out var reason))
        {
            throw new StoreException(StoreFault.Invalid, $"The attribute '{name}' {reason}.");
        }

        if (constant.Type == attribute.Type)
        {
            return (attribute, constant);
        }

        // JSON has no dates: their text is taken where a date is expected.
        if (attribute.Type == AttributeType.Date && constant.Type == AttributeType.String)
        {
            return AttributeValue.TryParse(constant.Text, AttributeType.Date, out var date, out reason)
                ? (attribute, date)
                : throw new StoreException(StoreFault.Invalid, $"The attribute '{name}' is a date: {reason}.");
        }

        throw new StoreException(StoreFault.Invalid, $"The attribute '{name}' is a {AttributeTypeNames.Of(attribute.Type)}; found the {AttributeTypeNames.Of(constant.Type)} {constant.ToObject()}.");
    }

    private void ExpectVersion(Session session, string userId, string expected)
    {
        var found = UserRows.TryGetKey(session, userId, out var key) ? new UserReader(session, Registry(session)).Read(key)!.Version : string.Empty;
        if (found != expected)
        {
            throw new StoreException(StoreFault.Conflict, found.Length == 0
                ? "The user is not there any more; expected an existing one."
                : $"The user has version '{found}'; expected {(expected.Length == 0 ? "that it does not exist" : $"'{expected}'")}. Read it again and decide anew.");
        }
    }

    private static long FindOrAddUser(Session session, string userId)
    {
        if (UserRows.TryGetKey(session, userId, out var key))
        {
            return key;
        }

        if (SuppressionList.Read(session).Contains(userId))
        {
            throw new StoreException(StoreFault.Conflict, "The user was erased and may not come back; erase with 'allow return' to lift that.");
        }

        return UserRows.Add(session, userId);
    }
}

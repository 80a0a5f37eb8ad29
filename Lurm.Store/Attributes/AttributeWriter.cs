using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Attributes;

/// <summary>Writes attributes and their values inside one write transaction of the caller; all its changes share one <c>attribute_version</c>.</summary>
/// <remarks>One thread, one transaction; dispose it before the commit.</remarks>
internal sealed class AttributeWriter : IDisposable
{
    private readonly Session _session;
    private readonly Statement _set;
    private readonly Dictionary<string, RegisteredAttribute> _known = new(StringComparer.Ordinal);
    private AttributeRegistry _registry;
    private long _version;

    public AttributeWriter(Session session)
    {
        _session = session;
        _registry = AttributeRegistry.Read(session);

        // A newer value stands; an equal one keeps its version, so that readers who follow versions have nothing to do.
        _set = session.Prepare(
            """
            INSERT INTO attribute_values (user_key, attribute_key, value, value_time, version) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (user_key, attribute_key) DO UPDATE SET
                version = CASE WHEN value IS excluded.value THEN version ELSE excluded.version END,
                value = excluded.value,
                value_time = excluded.value_time
            WHERE excluded.value_time >= value_time AND (excluded.value_time > value_time OR value IS NOT excluded.value)
            """);
    }

    /// <summary>Finds the attribute <paramref name="name"/>, or registers it as <paramref name="type"/>.</summary>
    /// <exception cref="StoreException">It is registered with another type, or the name is none.</exception>
    public RegisteredAttribute Register(string name, AttributeType type, bool isIndexed = false)
    {
        if (_known.TryGetValue(name, out var known) && known.Type == type && (known.Definition.IsIndexed || !isIndexed))
        {
            return known;
        }

        if (!AttributeName.IsValid(name, out var reason))
        {
            throw new StoreException(StoreFault.Invalid, reason + ".");
        }

        known = _registry.All.FirstOrDefault(attribute => string.Equals(attribute.Definition.Name, name, StringComparison.OrdinalIgnoreCase)) ?? Insert(name, type);
        if (known.Definition.Name != name)
        {
            throw new StoreException(StoreFault.Conflict, $"The attribute '{name}' differs from the registered '{known.Definition.Name}' in case alone; use that name.");
        }

        if (known.Type != type)
        {
            throw new StoreException(StoreFault.Conflict, $"The attribute '{name}' is registered as {AttributeTypeNames.Of(known.Type)}; found {AttributeTypeNames.Of(type)}. Give values of that type, or choose another name.");
        }

        if (isIndexed && !known.Definition.IsIndexed)
        {
            known = Index(known);
        }

        return _known[name] = known;
    }

    /// <summary>Finds a registered attribute.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RegisteredAttribute? attribute) => _registry.TryGet(name, out attribute);

    /// <summary>Sets a user's value (or takes it away) as of <paramref name="unixMilliseconds"/>, unless a newer one stands.</summary>
    /// <returns>Whether anything was written.</returns>
    public bool Set(long userKey, RegisteredAttribute attribute, AttributeValue? value, long unixMilliseconds)
    {
        _set.Bind(1, userKey).Bind(2, attribute.Key).Bind(4, unixMilliseconds).Bind(5, NextVersion());
        _ = value switch
        {
            null => _set.BindNull(3),
            { Type: AttributeType.String } text => _set.BindText(3, text.Text),
            { Type: AttributeType.Number } number => _set.Bind(3, number.Number),
            var integer => _set.Bind(3, integer.Value.UnixMilliseconds),
        };
        _set.Run();
        return _session.Changes > 0;
    }

    public void Dispose() => _set.Dispose();

    private long NextVersion()
    {
        if (_version == 0)
        {
            _version = _registry.Version + 1;
            using var bump = _session.Prepare("UPDATE settings SET value = ?1 WHERE name = 'attribute_version'");
            bump.Bind(1, _version).Run();
        }

        return _version;
    }

    private RegisteredAttribute Insert(string name, AttributeType type)
    {
        NextVersion();
        using (var insert = _session.Prepare("INSERT INTO attributes (name, type) VALUES (?1, ?2)"))
        {
            insert.BindText(1, name).BindText(2, AttributeTypeNames.Of(type)).Run();
        }

        AuditLog.Append(_session, "attribute.registered", new { name, type = AttributeTypeNames.Of(type) });
        _registry = AttributeRegistry.Read(_session);
        return _registry.All[^1];
    }

    private RegisteredAttribute Index(RegisteredAttribute attribute)
    {
        NextVersion();
        _session.Execute(attribute.CreateIndexSql);
        using (var update = _session.Prepare("UPDATE attributes SET is_indexed = 1 WHERE attribute_key = ?1"))
        {
            update.Bind(1, attribute.Key).Run();
        }

        AuditLog.Append(_session, "attribute.indexed", new { name = attribute.Definition.Name });
        _registry = AttributeRegistry.Read(_session);
        return _registry[attribute.Key];
    }
}

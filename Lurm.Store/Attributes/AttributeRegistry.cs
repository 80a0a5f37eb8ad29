using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Attributes;

/// <summary>The registered attributes as of one <c>attribute_version</c>. Immutable.</summary>
internal sealed class AttributeRegistry
{
    private readonly FrozenDictionary<string, RegisteredAttribute> _byName;
    private readonly FrozenDictionary<int, RegisteredAttribute> _byKey;

    private AttributeRegistry(long version, IReadOnlyList<RegisteredAttribute> all)
    {
        Version = version;
        All = all;
        _byName = all.ToFrozenDictionary(attribute => attribute.Definition.Name, StringComparer.Ordinal);
        _byKey = all.ToFrozenDictionary(attribute => attribute.Key);
    }

    /// <summary>The number of the last change to the registry or to any value.</summary>
    public long Version { get; }

    /// <summary>In order of registration.</summary>
    public IReadOnlyList<RegisteredAttribute> All { get; }

    public static long CurrentVersion(Session session) => session.QueryInt64("SELECT value FROM settings WHERE name = 'attribute_version'");

    public static AttributeRegistry Read(Session session)
    {
        var version = CurrentVersion(session);
        var all = new List<RegisteredAttribute>();
        using var statement = session.Prepare("SELECT attribute_key, name, type, is_indexed FROM attributes ORDER BY attribute_key");
        while (statement.Step())
        {
            all.Add(new RegisteredAttribute(
                statement.Int32(0),
                new AttributeDefinition(statement.Text(1)!, AttributeTypeNames.Parse(statement.Text(2)!), statement.Int64(3) != 0)));
        }

        return new AttributeRegistry(version, all);
    }

    /// <summary>Finds an attribute by its exact name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out RegisteredAttribute? attribute) => _byName.TryGetValue(name, out attribute);

    public RegisteredAttribute this[int key] => _byKey[key];

    public bool TryGet(int key, [NotNullWhen(true)] out RegisteredAttribute? attribute) => _byKey.TryGetValue(key, out attribute);
}

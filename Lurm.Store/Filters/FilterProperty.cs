using Lurm.Store.Attributes;

namespace Lurm.Store.Filters;

/// <summary>What a property of a filter or an order stands for in one database: a column of <c>users</c>, or an attribute.</summary>
internal sealed record FilterProperty(string Name, AttributeType Type, string? Column, RegisteredAttribute? Attribute)
{
    /// <summary>Finds a property.</summary>
    /// <exception cref="StoreException">Nobody has it.</exception>
    public static FilterProperty Find(string name, AttributeRegistry registry)
    {
        // Columns in seconds are read in milliseconds, as dates of attributes are kept.
        FilterProperty? builtIn = name switch
        {
            "Id" => new(name, AttributeType.String, "u.id", null),
            "FirstSeen" => new(name, AttributeType.Date, "u.first_seen * 1000", null),
            "LastSeen" => new(name, AttributeType.Date, "u.last_seen * 1000", null),
            "EventCount" => new(name, AttributeType.Number, "u.event_count", null),
            "PeriodCount" => new(name, AttributeType.Number, "u.period_count", null),
            "ItemCount" => new(name, AttributeType.Number, "u.item_count", null),
            _ => null,
        };
        if (builtIn is not null)
        {
            return builtIn;
        }

        return registry.TryGet(name, out var attribute)
            ? new FilterProperty(name, attribute.Type, null, attribute)
            : throw new StoreException(StoreFault.Invalid, $"Unknown property '{name}'; expected one of {string.Join(", ", AttributeName.BuiltIn.Concat(registry.All.Select(a => a.Definition.Name)).Take(40))}. Attributes are registered by ingestion, 'lurm attributes' or the API.");
    }

    /// <summary>Refuses a constant of another type.</summary>
    public void Expect(AttributeValue? constant)
    {
        if (constant is { } value && value.Type != Type)
        {
            var hint = (Type, value.Type) switch
            {
                (AttributeType.Date, AttributeType.String) => " Write dates without quotes, as in 2026-11-23T08:00:00Z.",
                (AttributeType.String, _) => $" Write text in single quotes, or register '{Name}' with another type.",
                _ => string.Empty,
            };
            throw new StoreException(StoreFault.Invalid, $"The property '{Name}' is a {AttributeTypeNames.Of(Type)}; found the {AttributeTypeNames.Of(value.Type)} {FilterText.Write(value)}.{hint}");
        }
    }
}

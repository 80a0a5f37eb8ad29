namespace Lurm.Store.Ingestion;

/// <summary>Which column is what, as slots: each column named once, whatever it is used for.</summary>
internal sealed class EventColumns
{
    private readonly List<string> _names = [];
    private readonly int _required;

    public EventColumns(EventMapping mapping)
    {
        Mapping = mapping;
        User = Slot(mapping.UserColumn);
        Item = Slot(mapping.ItemColumn);
        Time = Slot(mapping.TimeColumn);
        Kind = OptionalSlot(mapping.KindColumn);
        Weight = OptionalSlot(mapping.WeightColumn);
        Title = OptionalSlot(mapping.TitleColumn);
        Category = OptionalSlot(mapping.CategoryColumn);
        Attributes = [.. mapping.Attributes.Select(attribute => Slot(attribute.Column))];
        Rules = [.. mapping.Rules.Select(rule => Slot(rule.Column))];
        _required = _names.Count;
    }

    private EventColumns()
        : this(new EventMapping { UserColumn = "user", ItemColumn = "item", TimeColumn = "time" })
    {
        Kind = Slot("kind");
        Weight = Slot("weight");
        Title = Slot("title");
        Category = Slot("category");
        AttributesObject = Slot("attributes");
    }

    /// <summary>The names an event has everywhere: user, item and time, and if they are there kind, weight, title, category and attributes, a JSON object.</summary>
    public static EventColumns Standard => new();

    public EventMapping Mapping { get; }

    /// <summary>The columns' names, by slot.</summary>
    public IReadOnlyList<string> Names => _names;

    public int User { get; }

    public int Item { get; }

    public int Time { get; }

    /// <summary>-1 where there is none, as for the next four.</summary>
    public int Kind { get; }

    public int Weight { get; }

    public int Title { get; }

    public int Category { get; }

    public int AttributesObject { get; } = -1;

    /// <summary>Slots of the mapping's attributes, in its order.</summary>
    public int[] Attributes { get; }

    /// <summary>Slots of the mapping's rules, in its order.</summary>
    public int[] Rules { get; }

    /// <summary>Whether a file must have the column.</summary>
    public bool IsRequired(int slot) => slot < _required;

    private int OptionalSlot(string? column) => column is null ? -1 : Slot(column);

    private int Slot(string column)
    {
        ArgumentException.ThrowIfNullOrEmpty(column);
        var slot = _names.IndexOf(column);
        if (slot < 0)
        {
            slot = _names.Count;
            _names.Add(column);
        }

        return slot;
    }
}

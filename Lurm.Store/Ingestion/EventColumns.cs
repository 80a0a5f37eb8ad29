namespace Lurm.Store.Ingestion;

/// <summary>An <see cref="EventMapping"/> as slots: each column named once, whatever it is used for.</summary>
internal sealed class EventColumns
{
    private readonly List<string> _names = [];

    public EventColumns(EventMapping mapping)
    {
        Mapping = mapping;
        User = Slot(mapping.UserColumn, nameof(mapping.UserColumn));
        Item = Slot(mapping.ItemColumn, nameof(mapping.ItemColumn));
        Time = Slot(mapping.TimeColumn, nameof(mapping.TimeColumn));
        Kind = OptionalSlot(mapping.KindColumn);
        Weight = OptionalSlot(mapping.WeightColumn);
        Title = OptionalSlot(mapping.TitleColumn);
        Category = OptionalSlot(mapping.CategoryColumn);
        Attributes = [.. mapping.Attributes.Select(attribute => Slot(attribute.Column, "attribute"))];
        Rules = [.. mapping.Rules.Select(rule => Slot(rule.Column, "rule"))];
    }

    public EventMapping Mapping { get; }

    /// <summary>The columns' names, by slot.</summary>
    public IReadOnlyList<string> Names => _names;

    public int User { get; }

    public int Item { get; }

    public int Time { get; }

    /// <summary>-1 where there is none, as for the next three.</summary>
    public int Kind { get; }

    public int Weight { get; }

    public int Title { get; }

    public int Category { get; }

    public IReadOnlyList<int> Attributes { get; }

    public IReadOnlyList<int> Rules { get; }

    private int OptionalSlot(string? column) => column is null ? -1 : Slot(column, "column");

    private int Slot(string column, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(column, what);
        var slot = _names.IndexOf(column);
        if (slot < 0)
        {
            slot = _names.Count;
            _names.Add(column);
        }

        return slot;
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using Lurm.Store.Attributes;

namespace Lurm.Store.Ingestion;

/// <summary>Turns rows into events of a batch: rules first, then time, weight, user, kind and item, then what rides along.</summary>
internal sealed class EventRowReader : EventTaker
{
    private const int RowsPerCheck = 8192;

    private readonly EventColumns _columns;
    private readonly EventMapping _mapping;
    private readonly RowRule[] _rules;
    private readonly long[] _leftOut;
    private readonly int[] _attributes;
    private readonly int[] _values;
    private readonly List<(int Attribute, int Value)> _objectValues = [];

    public EventRowReader(EventColumns columns, EventBatch batch, RowErrorAction onError, AttributeRegistry registry)
        : base(batch, onError, registry)
    {
        _columns = columns;
        _mapping = columns.Mapping;
        _rules = [.. _mapping.Rules];
        _leftOut = new long[columns.Rules.Length];
        try
        {
            _attributes = [.. _mapping.Attributes.Select(attribute => Attribute(attribute.Name, attribute.Type, attribute.Column))];
        }
        catch (RowException fault)
        {
            throw new StoreException(StoreFault.Invalid, $"the mapping, column '{fault.Column}': found {fault.Found}, expected {fault.Expected}.");
        }

        _values = new int[_attributes.Length];
    }

    public override IReadOnlyList<RuleCount> LeftOut => [.. _rules.Select((rule, i) => new RuleCount(rule.ToString(), _leftOut[i]))];

    /// <summary>Reads all rows of <paramref name="source"/>.</summary>
    /// <exception cref="StoreException">A row is bad, and the option says stop.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ReadAll(RowSource source, Action<RowSource>? progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (!source.Read(cancellationToken))
                {
                    return;
                }

                Rows++;
                AddRow(source);
            }
            catch (RowException fault)
            {
                Refuse(string.Create(CultureInfo.InvariantCulture, $"'{source.Name}', line {source.Line}"), fault);
            }

            if (Rows % RowsPerCheck == 0)
            {
                Batch.EndLookups();
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Invoke(source);
            }
        }
    }

    // What can refuse the row comes before what keeps any of it; a user or kind left without an event is not stored.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow(RowSource row)
    {
        for (var i = 0; i < _leftOut.Length; i++)
        {
            if (!Holds(_rules[i], row[_columns.Rules[i]]))
            {
                _leftOut[i]++;
                return;
            }
        }

        if (!EventTime.TryParse(row[_columns.Time], _mapping.TimeFormat, out var seconds))
        {
            throw new RowException(_mapping.TimeColumn, Quoted(row[_columns.Time]), EventTime.Expected(_mapping.TimeFormat));
        }

        var weight = _columns.Weight < 0 ? 1000u : Weight(row[_columns.Weight], _columns.Names[_columns.Weight]);
        for (var i = 0; i < _attributes.Length; i++)
        {
            _values[i] = Batch.Attributes[_attributes[i]].Value(row[_columns.Attributes[i]], _mapping.Attributes[i].Column);
        }

        if (_columns.AttributesObject >= 0)
        {
            ReadAttributes(row[_columns.AttributesObject], _columns.Names[_columns.AttributesObject], _objectValues);
        }

        var user = row.IsLookedUp ? Batch.User(row.UserOrdinal, row[_columns.User], _mapping.UserColumn) : Batch.User(row[_columns.User], _mapping.UserColumn);
        var kind = _columns.Kind < 0 ? 0 : Batch.Kind(row[_columns.Kind], _columns.Names[_columns.Kind]);
        var item = row.IsLookedUp ? Batch.Item(row.ItemOrdinal, row[_columns.Item], _mapping.ItemColumn) : Batch.Item(row[_columns.Item], _mapping.ItemColumn);
        if (_columns.Title >= 0 || _columns.Category >= 0)
        {
            Batch.Text(item, _columns.Title < 0 ? default : row[_columns.Title], _columns.Category < 0 ? default : row[_columns.Category], seconds);
        }

        for (var i = 0; i < _attributes.Length; i++)
        {
            Batch.Attributes[_attributes[i]].Set(user, _values[i], seconds);
        }

        foreach (var (attribute, value) in _objectValues)
        {
            Batch.Attributes[attribute].Set(user, value, seconds);
        }

        Batch.Add(user, item, kind, seconds, weight);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Holds(RowRule rule, ReadOnlySpan<byte> value)
    {
        value = value.Trim((byte)' ');
        if (!rule.IsPositive || value.IsEmpty)
        {
            return !value.IsEmpty;
        }

        // Nearly always digits alone; a double's parser costs ten times as much.
        return value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            ? value.IndexOfAnyExcept((byte)'0') >= 0
            : Utf8Parser.TryParse(value, out double number, out var used) && used == value.Length && number > 0;
    }

    private static uint Weight(ReadOnlySpan<byte> text, string column)
    {
        if (text.IsEmpty)
        {
            return 1000;
        }

        return Utf8Parser.TryParse(text, out double weight, out var used) && used == text.Length
            ? Weight(weight, column)
            : throw new RowException(column, Quoted(text), ExpectedWeight);
    }
}

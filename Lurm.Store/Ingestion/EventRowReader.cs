using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Lurm.Store.Ingestion;

/// <summary>Turns rows into events of a batch: rules first, then user, item and time, then what rides along.</summary>
internal sealed class EventRowReader(EventColumns columns, EventBatch batch, RowErrorAction onError)
{
    /// <summary>How many bad rows are listed.</summary>
    public const int ListedErrors = 100;

    private const int RowsPerCheck = 8192;

    private readonly long[] _leftOut = new long[columns.Rules.Count];
    private readonly List<string> _errors = [];

    public long Rows { get; private set; }

    public long ErrorRows { get; private set; }

    public IReadOnlyList<string> FirstErrors => _errors;

    public IReadOnlyList<RuleCount> LeftOut => [.. columns.Mapping.Rules.Select((rule, i) => new RuleCount(rule.ToString(), _leftOut[i]))];

    /// <summary>Reads all rows of <paramref name="source"/>.</summary>
    /// <exception cref="StoreException">A row is bad, and the option says stop.</exception>
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
                Refuse(source, fault);
            }

            if (Rows % RowsPerCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Invoke(source);
            }
        }
    }

    private void AddRow(RowSource row)
    {
        for (var i = 0; i < _leftOut.Length; i++)
        {
            if (!Holds(columns.Mapping.Rules[i], row[columns.Rules[i]]))
            {
                _leftOut[i]++;
                return;
            }
        }

        var mapping = columns.Mapping;
        if (!EventTime.TryParse(row[columns.Time], mapping.TimeFormat, out var seconds))
        {
            throw new RowException(mapping.TimeColumn, Quoted(row[columns.Time]), EventTime.Expected(mapping.TimeFormat));
        }

        var weight = columns.Weight < 0 ? 1000u : Weight(row[columns.Weight], mapping.WeightColumn!);
        var kind = columns.Kind < 0 ? 0 : batch.Kind(row[columns.Kind], mapping.KindColumn!);
        var user = batch.User(row[columns.User], mapping.UserColumn);
        var item = batch.Item(row[columns.Item], mapping.ItemColumn);
        if (columns.Title >= 0 || columns.Category >= 0)
        {
            batch.Text(item, columns.Title < 0 ? default : row[columns.Title], columns.Category < 0 ? default : row[columns.Category], seconds);
        }

        for (var i = 0; i < columns.Attributes.Count; i++)
        {
            batch.Attribute(i, user, row[columns.Attributes[i]], seconds);
        }

        batch.Add(user, item, kind, seconds, weight);
    }

    private static bool Holds(RowRule rule, ReadOnlySpan<byte> value) =>
        rule.IsPositive
            ? Utf8Parser.TryParse(value.Trim((byte)' '), out double number, out var used) && used == value.Trim((byte)' ').Length && number > 0
            : value.Trim((byte)' ').Length > 0;

    private static uint Weight(ReadOnlySpan<byte> text, string column)
    {
        if (text.IsEmpty)
        {
            return 1000;
        }

        return Utf8Parser.TryParse(text, out double weight, out var used) && used == text.Length && weight is >= 0.0005 and <= SpooledEvent.MaxWeight
            ? (uint)Math.Round(weight * 1000)
            : throw new RowException(column, Quoted(text), string.Create(CultureInfo.InvariantCulture, $"a weight from 0.001 to {SpooledEvent.MaxWeight:N0}"));
    }

    private static string Quoted(ReadOnlySpan<byte> text) => text.IsEmpty
        ? "nothing"
        : $"'{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 100)])}{(text.Length > 100 ? "…" : "")}'";

    [StackTraceHidden]
    private void Refuse(RowSource source, RowException fault)
    {
        var column = fault.Column is null ? "" : $", column '{fault.Column}'";
        var message = string.Create(CultureInfo.InvariantCulture, $"'{source.Name}', line {source.Line}{column}: found {fault.Found}, expected {fault.Expected}");
        if (onError == RowErrorAction.Stop)
        {
            throw new StoreException(StoreFault.Invalid, message + ". Nothing of the batch was stored: correct the row, or skip bad rows (--on-error skip).");
        }

        ErrorRows++;
        if (_errors.Count < ListedErrors)
        {
            _errors.Add(message);
        }
    }
}

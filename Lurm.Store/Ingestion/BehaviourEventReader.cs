using System.Globalization;
using System.Text;
using Lurm.Store.Attributes;

namespace Lurm.Store.Ingestion;

/// <summary>Takes events of this process into a batch.</summary>
internal sealed class BehaviourEventReader(EventBatch batch, AttributeRegistry registry) : EventTaker(batch, RowErrorAction.Stop, registry)
{
    private readonly byte[] _bytes = new byte[4 * EventText.MaxBytes];
    private readonly List<(int Attribute, int Value)> _values = [];

    public void ReadAll(IEnumerable<BehaviourEvent> events, Action? progress, CancellationToken cancellationToken)
    {
        foreach (var one in events)
        {
            Rows++;
            try
            {
                Add(one ?? throw new RowException(null, "null", "an event"));
            }
            catch (RowException fault)
            {
                Refuse(string.Create(CultureInfo.InvariantCulture, $"event {Rows}"), fault);
            }

            if (Rows % 8192 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Invoke();
            }
        }
    }

    private void Add(BehaviourEvent one)
    {
        var seconds = one.Time.ToUnixTimeSeconds();
        if (seconds is < EventTime.MinSeconds or > EventTime.MaxSeconds)
        {
            throw new RowException(nameof(one.Time), one.Time.ToString("O", CultureInfo.InvariantCulture), "a time from 1970 to 2149");
        }

        var weight = one.Weight is { } given ? Weight(given, nameof(one.Weight)) : 1000u;
        _values.Clear();
        foreach (var (name, value) in one.Attributes ?? new Dictionary<string, object?>())
        {
            if (value is not null)
            {
                _values.Add(Value(name, value));
            }
        }

        var user = Batch.User(Utf8(one.User, nameof(one.User)), nameof(one.User));
        var kind = Batch.Kind(Utf8(one.Kind, nameof(one.Kind)), nameof(one.Kind));
        var item = Batch.Item(Utf8(one.Item, nameof(one.Item)), nameof(one.Item));
        if (one.Title is not null || one.Category is not null)
        {
            Batch.Text(item, Encoding.UTF8.GetBytes(one.Title ?? string.Empty), Encoding.UTF8.GetBytes(one.Category ?? string.Empty), seconds);
        }

        foreach (var (attribute, value) in _values)
        {
            Batch.Attributes[attribute].Set(user, value, seconds);
        }

        Batch.Add(user, item, kind, seconds, weight);
    }

    private (int Attribute, int Value) Value(string name, object value)
    {
        const string Column = nameof(BehaviourEvent.Attributes);
        if (!AttributeValue.TryCreate(value, out var typed, out var reason))
        {
            throw new RowException(Column, $"a value of '{name}' that {reason}", "text, a finite number, true or false, or a date");
        }

        var attribute = Attribute(name, typed.Type, Column);
        var text = typed.ToObject() switch
        {
            string words => words,
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            var moment => ((DateTimeOffset)moment).ToString("O", CultureInfo.InvariantCulture),
        };
        return (attribute, Batch.Attributes[attribute].Value(Encoding.UTF8.GetBytes(text), Column));
    }

    private ReadOnlySpan<byte> Utf8(string? text, string column) => Encoding.UTF8.TryGetBytes(text, _bytes, out var written)
        ? _bytes.AsSpan(0, written)
        : throw new RowException(column, $"{text!.Length} characters", $"at most {EventBatch.MaxItemBytes} bytes");
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Lurm.Store.Attributes;

namespace Lurm.Store.Ingestion;

/// <summary>Counts rows and errors of a batch and finds the attributes that ride along; the part that all readers of events share.</summary>
internal abstract class EventTaker(EventBatch batch, RowErrorAction onError, AttributeRegistry registry)
{
    /// <summary>How many bad rows are listed.</summary>
    public const int ListedErrors = 100;

    /// <summary>How many attributes may ride with one batch.</summary>
    public const int MaxAttributes = 200;

    private readonly List<string> _errors = [];

    public long Rows { get; protected set; }

    public long ErrorRows { get; private set; }

    public IReadOnlyList<string> FirstErrors => _errors;

    public virtual IReadOnlyList<RuleCount> LeftOut => [];

    protected EventBatch Batch { get; } = batch;

    /// <summary>The batch's attribute of that name, added if it is new; a registered one keeps its type.</summary>
    /// <exception cref="RowException">The name is none, or the type differs.</exception>
    protected int Attribute(string name, AttributeType type, string column)
    {
        for (var i = 0; i < Batch.Attributes.Count; i++)
        {
            if (Batch.Attributes[i].Name == name)
            {
                return Fits(Batch.Attributes[i].Type, type) ? i : throw OtherType(name, Batch.Attributes[i].Type, type, column);
            }
        }

        if (Batch.Attributes.Count == MaxAttributes)
        {
            throw new RowException(column, $"the attribute '{name}' beyond the first {MaxAttributes}", "fewer attributes");
        }

        if (registry.TryGet(name, out var registered))
        {
            if (!Fits(registered.Type, type))
            {
                throw OtherType(name, registered.Type, type, column);
            }

            type = registered.Type;
        }
        else if (!AttributeName.IsValid(name, out var reason))
        {
            throw new RowException(column, reason, "an attribute's name");
        }

        Batch.Attributes.Add(new BatchAttribute(name, type));
        return Batch.Attributes.Count - 1;
    }

    /// <summary>Reads a JSON object of attributes into (attribute, value) ordinals.</summary>
    protected void ReadAttributes(ReadOnlySpan<byte> json, string column, List<(int Attribute, int Value)> values)
    {
        values.Clear();
        if (json.IsEmpty)
        {
            return;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new RowException(column, Quoted(json), "a JSON object of attributes");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null)
                {
                    continue;
                }

                var type = reader.TokenType switch
                {
                    JsonTokenType.String => AttributeType.String,
                    JsonTokenType.Number => AttributeType.Number,
                    JsonTokenType.True or JsonTokenType.False => AttributeType.Boolean,
                    _ => throw new RowException(column, $"a JSON {reader.TokenType} for '{name}'", "text, a number, true or false"),
                };
                var attribute = Attribute(name, type, column);
                var text = reader.TokenType == JsonTokenType.String ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
                values.Add((attribute, Batch.Attributes[attribute].Value(text, column)));
            }
        }
        catch (JsonException exception)
        {
            throw new RowException(column, $"no JSON ({exception.Message})", "a JSON object of attributes");
        }
    }

    protected static string Quoted(ReadOnlySpan<byte> text) => text.IsEmpty
        ? "nothing"
        : $"'{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 100)])}{(text.Length > 100 ? "…" : "")}'";

    /// <summary>Skips a bad row, or refuses its batch.</summary>
    [StackTraceHidden]
    protected void Refuse(string where, RowException fault)
    {
        var message = $"{where}{(fault.Column is null ? "" : $", column '{fault.Column}'")}: found {fault.Found}, expected {fault.Expected}";
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

    /// <summary>An event's weight in thousandths.</summary>
    protected static uint Weight(double weight, string column) => weight is >= 0.0005 and <= SpooledEvent.MaxWeight
        ? (uint)Math.Round(weight * 1000)
        : throw new RowException(column, weight.ToString(CultureInfo.InvariantCulture), ExpectedWeight);

    protected static string ExpectedWeight { get; } = string.Create(CultureInfo.InvariantCulture, $"a weight from 0.001 to {SpooledEvent.MaxWeight:N0}");

    // Dates come as text where the format has none.
    private static bool Fits(AttributeType known, AttributeType found) => known == found || (known == AttributeType.Date && found == AttributeType.String);

    private static RowException OtherType(string name, AttributeType known, AttributeType found, string column) =>
        new(column, $"the {AttributeTypeNames.Of(found)} attribute '{name}'", $"a {AttributeTypeNames.Of(known)}, as it is registered");
}

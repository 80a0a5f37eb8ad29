using System.Text;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>An element of a schema as it is written.</summary>
internal readonly record struct SchemaElement
{
    public const int Required = 0;
    public const int Repeated = 2;

    /// <summary>Converted types, the older way to say what a value means, by their numbers.</summary>
    private static readonly Dictionary<int, Meaning> Converted = new()
    {
        [5] = Meaning.Decimal,
        [6] = Meaning.Date,
        [7] = Meaning.Other,
        [8] = Meaning.Other,
        [9] = Meaning.Milliseconds,
        [10] = Meaning.Microseconds,
        [11] = Meaning.Unsigned,
        [12] = Meaning.Unsigned,
        [13] = Meaning.Unsigned,
        [14] = Meaning.Unsigned,
        [20] = Meaning.Other,
        [21] = Meaning.Other,
    };

    public string Name { get; private init; }

    /// <summary>Null for a group of others.</summary>
    public PhysicalType? Type { get; private init; }

    public int Repetition { get; private init; }

    public int Children { get; private init; }

    private int Length { get; init; }

    private Meaning Meaning { get; init; }

    private int Scale { get; init; }

    public static SchemaElement Read(ref ThriftReader reader)
    {
        var element = new SchemaElement { Name = "" };
        Meaning? logical = null;
        var field = 0;
        while (reader.NextField(ref field))
        {
            switch (field)
            {
                case 1:
                    element = element with { Type = (PhysicalType)reader.Integer32() };
                    break;
                case 2:
                    element = element with { Length = reader.Integer32() };
                    break;
                case 3:
                    element = element with { Repetition = reader.Integer32() };
                    break;
                case 4:
                    element = element with { Name = Encoding.UTF8.GetString(reader.Binary()) };
                    break;
                case 5:
                    element = element with { Children = reader.Integer32() };
                    break;
                case 6:
                    element = element with { Meaning = Converted.GetValueOrDefault(reader.Integer32()) };
                    break;
                case 7:
                    element = element with { Scale = reader.Integer32() };
                    break;
                case 10:
                    reader.Struct();
                    logical = Logical(ref reader, ref element);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return element with { Meaning = logical ?? element.Meaning };
    }

    /// <exception cref="InvalidDataException">It is of no type of the format.</exception>
    public Column ToColumn(PhysicalType type, string top, bool isWhole, int definition, int repetition)
    {
        if (!Enum.IsDefined(type) || (type == PhysicalType.FixedBytes && Length is < 1 or > CsvRows.MaxRowBytes))
        {
            throw new InvalidDataException($"the column '{top}' is of type {(int)type} with {Length} bytes a value");
        }

        return new Column
        {
            Name = top,
            IsWhole = isWhole,
            Type = type,
            Length = Length,
            Meaning = Meaning,
            Scale = Scale,
            MaxDefinition = definition,
            MaxRepetition = repetition,
        };
    }

    /// <summary>The newer way: a union, of which the field that is there says the meaning.</summary>
    private static Meaning? Logical(ref ThriftReader reader, ref SchemaElement element)
    {
        Meaning? meaning = null;
        var field = 0;
        while (reader.NextField(ref field))
        {
            switch (field)
            {
                case 5:
                    meaning = Meaning.Decimal;
                    reader.Struct();
                    element = element with { Scale = Part(ref reader, 1) ?? element.Scale };
                    break;
                case 6:
                    meaning = Meaning.Date;
                    reader.Skip();
                    break;
                case 8:
                    reader.Struct();
                    meaning = Unit(ref reader);
                    break;
                case 10:
                    reader.Struct();
                    meaning = IsSigned(ref reader) ? Meaning.Plain : Meaning.Unsigned;
                    break;
                case 14:
                    meaning = Meaning.Uuid;
                    reader.Skip();
                    break;
                case 15:
                    meaning = Meaning.Half;
                    reader.Skip();
                    break;
                default:
                    // Texts of all kinds are what they are stored as; a time of the day, binary JSON and shapes have no text here.
                    meaning = field is 1 or 4 or 11 or 12 ? Meaning.Plain : field is 7 or 13 or > 15 ? Meaning.Other : meaning;
                    reader.Skip();
                    break;
            }
        }

        return meaning;
    }

    private static int? Part(ref ThriftReader reader, int wanted)
    {
        int? found = null;
        var field = 0;
        while (reader.NextField(ref field))
        {
            if (field == wanted)
            {
                found = reader.Integer32();
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    private static bool IsSigned(ref ThriftReader reader)
    {
        var signed = true;
        var field = 0;
        while (reader.NextField(ref field))
        {
            if (field == 2)
            {
                signed = reader.Boolean();
            }
            else
            {
                reader.Skip();
            }
        }

        return signed;
    }

    private static Meaning Unit(ref ThriftReader reader)
    {
        var meaning = Meaning.Other;
        var field = 0;
        while (reader.NextField(ref field))
        {
            if (field != 2)
            {
                reader.Skip();
                continue;
            }

            reader.Struct();
            var unit = 0;
            while (reader.NextField(ref unit))
            {
                meaning = unit switch { 1 => Meaning.Milliseconds, 2 => Meaning.Microseconds, 3 => Meaning.Nanoseconds, _ => Meaning.Other };
                reader.Skip();
            }
        }

        return meaning;
    }
}

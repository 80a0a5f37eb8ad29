using System.Buffers.Binary;
using System.Globalization;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>The text of a value, as the other formats have it: numbers without culture, times and dates as ISO 8601.</summary>
internal static class ValueText
{
    /// <summary>Room for any value that is not text.</summary>
    public const int MaxBytes = 64;

    private const int MaxScale = 38;
    private const int Int128Bytes = 16;
    private const long JulianDayOfEpoch = 2_440_588;

    /// <summary>Why such a column has no text; null where it has.</summary>
    public static string? Refuse(Column column) => column switch
    {
        { Meaning: Meaning.Other } => "a time of the day, an interval or something else",
        { Meaning: Meaning.Decimal, Scale: < 0 or > MaxScale } => $"a decimal of {column.Scale} digits behind the point",
        { Meaning: Meaning.Decimal, Type: PhysicalType.FixedBytes, Length: > Int128Bytes } => $"a decimal of {column.Length} bytes",
        { Meaning: Meaning.Uuid, Type: not PhysicalType.FixedBytes } or { Meaning: Meaning.Uuid, Length: not 16 } => "a UUID that is not 16 bytes",
        { Meaning: Meaning.Half, Type: not PhysicalType.FixedBytes } or { Meaning: Meaning.Half, Length: not 2 } => "a float that is not two bytes",
        _ => null,
    };

    /// <summary>Whether a column's values are text already.</summary>
    public static bool IsText(Column column) => column.Type is PhysicalType.Bytes or PhysicalType.FixedBytes && column.Meaning is not (Meaning.Decimal or Meaning.Uuid or Meaning.Half);

    /// <summary>Writes the text of a value of a column that is not text; returns its length.</summary>
    /// <param name="column">Whose.</param>
    /// <param name="value">Its bytes.</param>
    /// <param name="text">At least <see cref="MaxBytes"/>.</param>
    /// <exception cref="InvalidDataException">The value is outside of what its column may have.</exception>
    public static int Write(Column column, ReadOnlySpan<byte> value, Span<byte> text) => column.Type switch
    {
        PhysicalType.Boolean => Copy(value[0] != 0 ? "true"u8 : "false"u8, text),
        PhysicalType.Int32 => Integer(column, BinaryPrimitives.ReadInt32LittleEndian(value), BinaryPrimitives.ReadUInt32LittleEndian(value), text),
        PhysicalType.Int64 => Integer(column, BinaryPrimitives.ReadInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value), text),
        PhysicalType.Int96 => Time(
            unchecked(((BinaryPrimitives.ReadUInt32LittleEndian(value[8..]) - JulianDayOfEpoch) * TimeSpan.TicksPerDay) + (BinaryPrimitives.ReadInt64LittleEndian(value) / TimeSpan.NanosecondsPerTick)),
            "yyyy-MM-dd'T'HH:mm:ss.fff",
            text),
        PhysicalType.Float => Number(BinaryPrimitives.ReadSingleLittleEndian(value), text),
        PhysicalType.Double => Number(BinaryPrimitives.ReadDoubleLittleEndian(value), text),
        _ => column.Meaning switch
        {
            Meaning.Uuid => Number(new Guid(value, bigEndian: true), text),
            Meaning.Half => Number(BinaryPrimitives.ReadHalfLittleEndian(value), text),
            _ => Decimal(BigEndian(value), column.Scale, text),
        },
    };

    private static int Integer(Column column, long signed, ulong unsigned, Span<byte> text) => column.Meaning switch
    {
        Meaning.Unsigned => Number(unsigned, text),
        Meaning.Date => Time(Ticks(signed, TimeSpan.TicksPerDay), "yyyy-MM-dd", text),
        Meaning.Milliseconds => Time(Ticks(signed, TimeSpan.TicksPerMillisecond), "yyyy-MM-dd'T'HH:mm:ss.fff", text),
        Meaning.Microseconds => Time(Ticks(signed, TimeSpan.TicksPerMicrosecond), "yyyy-MM-dd'T'HH:mm:ss.fff", text),
        Meaning.Nanoseconds => Time(signed / TimeSpan.NanosecondsPerTick, "yyyy-MM-dd'T'HH:mm:ss.fff", text),
        Meaning.Decimal => Decimal(signed, column.Scale, text),
        _ => Number(signed, text),
    };

    private static long Ticks(long value, long each) => Int128.Abs(value) * each < long.MaxValue / 2 ? value * each : throw new InvalidDataException($"a time of {value} since 1970 is none");

    private static int Time(long ticksSinceEpoch, string format, Span<byte> text)
    {
        if (ticksSinceEpoch < DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks || ticksSinceEpoch > DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks)
        {
            throw new InvalidDataException($"a time of {ticksSinceEpoch} ticks since 1970 is none");
        }

        DateTime.UnixEpoch.AddTicks(ticksSinceEpoch).TryFormat(text, out var length, format, CultureInfo.InvariantCulture);
        return length;
    }

    private static int Number<T>(T value, Span<byte> text)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>All digits, the point before the last so many.</summary>
    private static int Decimal(Int128 digits, int scale, Span<byte> text)
    {
        if (scale == 0)
        {
            return Number(digits, text);
        }

        Span<byte> all = stackalloc byte[MaxBytes];
        UInt128 magnitude = digits < 0 ? (UInt128)(-digits) : (UInt128)digits;
        magnitude.TryFormat(all, out var count, default, CultureInfo.InvariantCulture);
        var length = digits < 0 ? Copy("-"u8, text) : 0;
        var whole = count - scale;
        if (whole <= 0)
        {
            length += Copy("0."u8, text[length..]);
            text.Slice(length, -whole).Fill((byte)'0');
            return length - whole + Copy(all[..count], text[(length - whole)..]);
        }

        length += Copy(all[..whole], text[length..]);
        text[length++] = (byte)'.';
        return length + Copy(all[whole..count], text[length..]);
    }

    private static Int128 BigEndian(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > Int128Bytes)
        {
            throw new InvalidDataException($"a decimal of {value.Length} bytes");
        }

        Int128 number = (sbyte)value[0];
        foreach (var next in value[1..])
        {
            number = (number << 8) | next;
        }

        return number;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}

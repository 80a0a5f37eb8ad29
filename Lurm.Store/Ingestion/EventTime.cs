using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Lurm.Store.Histories;

namespace Lurm.Store.Ingestion;

/// <summary>Reads times from text and finds the period of a time.</summary>
internal static class EventTime
{
    /// <summary>The earliest time an event may have: 1 January 1970.</summary>
    public const long MinSeconds = 0;

    /// <summary>The latest: 6 June 2149, the last whole day that a period number of a day-grained database has room for.</summary>
    public const long MaxSeconds = (HistoryCodec.MaxPeriod * 86_400L) - 1;

    /// <summary>What <see cref="TryParse"/> expects, for messages.</summary>
    public static string Expected(TimeFormat format) => format switch
    {
        TimeFormat.Unix => "unix seconds, 1970 to 2149",
        TimeFormat.UnixMilliseconds => "unix milliseconds, 1970 to 2149",
        TimeFormat.Iso => "an ISO 8601 date or time, 1970 to 2149",
        _ => "unix seconds, unix milliseconds or an ISO 8601 date or time, 1970 to 2149",
    };

    /// <summary>Reads <paramref name="text"/> into unix seconds; a fraction of a second is dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParse(ReadOnlySpan<byte> text, TimeFormat format, out long seconds)
    {
        var parsed = format switch
        {
            TimeFormat.Unix => TryParseNumber(text, out seconds, out _),
            TimeFormat.UnixMilliseconds => TryParseMilliseconds(text, out seconds),
            TimeFormat.Iso => TryParseIso(text, out seconds),
            _ => TryParseAuto(text, out seconds),
        };
        return parsed && seconds is >= MinSeconds and <= MaxSeconds;
    }

    /// <summary>The period of a time within the bounds above.</summary>
    public static int Period(long seconds, PeriodGrain grain)
    {
        var days = (int)(seconds / 86_400);
        return grain == PeriodGrain.Day ? days : MonthOfDay(days);
    }

    // Civil calendar from a day number (Howard Hinnant's algorithm), for days from 1970 on.
    private static int MonthOfDay(int days)
    {
        var shifted = days + 719_468;
        var era = shifted / 146_097;
        var dayOfEra = shifted - era * 146_097;
        var yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var marchMonth = (5 * dayOfYear + 2) / 153;
        var year = yearOfEra + era * 400 + (marchMonth >= 10 ? 1 : 0);
        var month = marchMonth < 10 ? marchMonth + 2 : marchMonth - 10;
        return (year - 1970) * 12 + month;
    }

    private static bool TryParseAuto(ReadOnlySpan<byte> text, out long seconds)
    {
        if (!TryParseNumber(text, out seconds, out var digits))
        {
            return TryParseIso(text, out seconds);
        }

        if (digits >= 13)
        {
            seconds /= 1000;
        }

        return true;
    }

    private static bool TryParseMilliseconds(ReadOnlySpan<byte> text, out long seconds)
    {
        var parsed = TryParseNumber(text, out var milliseconds, out _);
        seconds = milliseconds / 1000;
        return parsed;
    }

    // Digits, perhaps with a fraction ("1291191960.0", as data frames write it), which is dropped.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryParseNumber(ReadOnlySpan<byte> text, out long value, out int digits)
    {
        value = 0;
        digits = 0;
        while (digits < text.Length && (uint)(text[digits] - '0') <= 9)
        {
            if (digits == 18)
            {
                return false;
            }

            value = value * 10 + (text[digits++] - '0');
        }

        if (digits == 0)
        {
            return false;
        }

        if (digits == text.Length)
        {
            return true;
        }

        return text[digits] == '.' && text[(digits + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    private static bool TryParseIso(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || year is < 1 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        seconds = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        var rest = text[10..];
        if (rest.IsEmpty)
        {
            return true;
        }

        if (rest.Length < 6 || rest[0] is not ((byte)'T' or (byte)'t' or (byte)' ') || rest[3] != ':'
            || !TryDigits(rest[1..3], out var hour) || !TryDigits(rest[4..6], out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        var second = 0;
        rest = rest[6..];
        if (!rest.IsEmpty && rest[0] == ':')
        {
            if (rest.Length < 3 || !TryDigits(rest[1..3], out second) || second > 60)
            {
                return false;
            }

            rest = rest[3..];
            if (!rest.IsEmpty && rest[0] is (byte)'.' or (byte)',')
            {
                var end = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
                if (end == 0 || rest.Length == 1)
                {
                    return false;
                }

                rest = end < 0 ? default : rest[(end + 1)..];
            }
        }

        seconds += hour * 3600 + minute * 60 + second;
        return TryApplyOffset(rest, ref seconds);
    }

    private static bool TryApplyOffset(ReadOnlySpan<byte> text, ref long seconds)
    {
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
        {
            return true;
        }

        if (text[0] is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        var digits = text[1..];
        var minutesAt = digits.Length is 5 && digits[2] == ':' ? 3 : 2;
        var minutes = 0;
        if (digits.Length is not (2 or 4 or 5) || !TryDigits(digits[..2], out var hours) || hours > 23
            || (digits.Length > 2 && (!TryDigits(digits[minutesAt..], out minutes) || minutes > 59)))
        {
            return false;
        }

        var offset = hours * 3600 + minutes * 60;
        seconds += text[0] == '+' ? -offset : offset;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && text[0] is >= (byte)'0' and <= (byte)'9';
}

namespace Lurm.Store;

/// <summary>How a time is written.</summary>
public enum TimeFormat
{
    /// <summary>Told from each value: digits alone are unix seconds (milliseconds from 13 digits on), anything else ISO 8601.</summary>
    Auto,

    /// <summary>Seconds since 1 January 1970, UTC.</summary>
    Unix,

    /// <summary>Milliseconds since 1 January 1970, UTC.</summary>
    UnixMilliseconds,

    /// <summary>ISO 8601: a date, or date and time with or without offset (none means UTC).</summary>
    Iso,
}

namespace Lurm.Store.Histories;

/// <summary>The base grain of a database, fixed when it is created.</summary>
public enum PeriodGrain
{
    /// <summary>Calendar months, UTC; period 0 is January 1970.</summary>
    Month,

    /// <summary>Calendar days, UTC; period 0 is 1 January 1970.</summary>
    Day,
}

namespace Lurm.Store.Histories;

/// <summary>The grain at which bags enter the encoder.</summary>
public enum Scale
{
    /// <summary>One bag per calendar month.</summary>
    Month,

    /// <summary>One bag per calendar quarter.</summary>
    Season,

    /// <summary>One bag per calendar year.</summary>
    Year,

    /// <summary>One bag of everything.</summary>
    Lifetime,

    /// <summary>One bag of everything, decayed by its age on the user's own clock.</summary>
    Recent,
}

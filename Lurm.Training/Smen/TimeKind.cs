namespace Lurm.Training.Smen;

/// <summary>How the periods of a scale of many bags become one vector per anchor (the time aggregation module).</summary>
internal enum TimeKind
{
    /// <summary>Each anchor forgets at its own learned rate, which starts at the half-life.</summary>
    Decay,

    /// <summary>Each anchor attends over periods: a learned query and a learned bias per age.</summary>
    Attention,

    /// <summary>A gated recurrent unit over the periods, added to their mean.</summary>
    Gru,
}

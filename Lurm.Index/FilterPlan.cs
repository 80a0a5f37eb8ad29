namespace Lurm.Index;

/// <summary>How a filtered search was answered.</summary>
public enum FilterPlan
{
    /// <summary>Every matching vector was scored.</summary>
    ExactScan,

    /// <summary>The beam walked the graph and kept matches only.</summary>
    FilteredBeam,

    /// <summary>The beam was widened until it held enough matches.</summary>
    Widening,
}

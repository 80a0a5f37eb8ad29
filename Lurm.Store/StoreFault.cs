namespace Lurm.Store;

/// <summary>Why a <see cref="StoreException"/> was thrown; what a caller can switch on.</summary>
public enum StoreFault
{
    /// <summary>A user, model, audience, column or file that was asked for is not there.</summary>
    NotFound,

    /// <summary>What was given breaks a rule that the message names: a bad row, an unknown attribute, a filter that does not parse.</summary>
    Invalid,

    /// <summary>What was asked contradicts what stands: it exists already, or another process holds the lease.</summary>
    Conflict,

    /// <summary>A stored value is damaged.</summary>
    Corrupt,

    /// <summary>A whole file of another format, version, model or database.</summary>
    Incompatible,

    /// <summary>The disk, a native library or a device could not be had; or there is no model yet.</summary>
    Unavailable,
}

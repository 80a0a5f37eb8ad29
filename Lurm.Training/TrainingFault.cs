namespace Lurm.Training;

/// <summary>What a caller can do about a <see cref="TrainingException"/>.</summary>
internal enum TrainingFault
{
    /// <summary>Options or data do not allow what was asked.</summary>
    Invalid,

    /// <summary>A native library or the disk is not there.</summary>
    Unavailable,

    /// <summary>A file of an earlier run is damaged.</summary>
    Corrupt,

    /// <summary>The exported network does not do what the trained one does.</summary>
    Disparity,
}

namespace Lurm.Index;

/// <summary>Why an <see cref="IndexException"/> was thrown; what a caller can switch on.</summary>
public enum IndexFault
{
    /// <summary>A file is damaged: a checksum, a length or a link does not hold.</summary>
    Corrupt,

    /// <summary>A file is whole, but of another format version, dimension or model.</summary>
    Incompatible,

    /// <summary>The file or the memory could not be had.</summary>
    Unavailable,
}

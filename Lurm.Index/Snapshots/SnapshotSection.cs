namespace Lurm.Index.Snapshots;

/// <summary>Where a section lies in its file.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Offset">From the start of the file, in bytes.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Checksum">Of its bytes; 0 for the two that have a checksum per block.</param>
internal readonly record struct SnapshotSection(SectionKind Kind, long Offset, long Bytes, uint Checksum);

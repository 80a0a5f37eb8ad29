namespace Lurm.Store.Encoders;

/// <summary>One file of a bundle as its manifest lists it.</summary>
/// <param name="Name">The file's name inside the folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash, lower-case hexadecimal.</param>
internal sealed record BundleFile(string Name, long Bytes, string Sha256);

using System.Text.Json.Serialization;

namespace Lurm.Store.Encoders;

/// <summary><c>manifest.json</c>: what a bundle holds; written last, so that a folder without one is no bundle.</summary>
internal sealed record BundleManifest
{
    public int Format { get; init; }

    public required string ModelId { get; init; }

    public required IReadOnlyList<BundleFile> Files { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BundleManifest))]
[JsonSerializable(typeof(ModelCard))]
internal sealed partial class BundleJson : JsonSerializerContext;

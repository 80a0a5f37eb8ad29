using System.Security.Cryptography;
using System.Text.Json;

namespace Lurm.Store.Encoders;

/// <summary>
/// A trained model on disk: <c>card.json</c>, <c>interests.bin</c>, <c>encoder.onnx</c> and, where it pays, <c>head.onnx</c> with <c>tables.bin</c>;
/// <c>manifest.json</c> holds the length and SHA-256 of each.
/// </summary>
/// <remarks>Immutable, any number of threads. The encoder's bytes stay on disk.</remarks>
public sealed class ModelBundle
{
    internal const string ManifestName = "manifest.json";
    internal const string CardName = "card.json";
    internal const string InterestsName = "interests.bin";
    internal const string EncoderName = "encoder.onnx";
    internal const string HeadName = "head.onnx";
    internal const string TablesName = "tables.bin";
    private const int Format = 1;

    private ModelBundle(string folder, ModelCard card, InterestModel interests, IReadOnlyList<PoolingTable>? tables, IReadOnlyList<BundleFile> files, string digest)
    {
        Folder = folder;
        Card = card;
        Interests = interests;
        Tables = tables;
        Files = files;
        Digest = digest;
    }

    /// <summary>What it is.</summary>
    public ModelCard Card { get; }

    /// <summary>Its items and interests.</summary>
    public InterestModel Interests { get; }

    /// <summary>The folder it lies in.</summary>
    public string Folder { get; }

    /// <summary>SHA-256 over its files' hashes: two bundles of one digest are the same model.</summary>
    public string Digest { get; }

    /// <summary>The encoder's file: the whole graph, from bags to representation.</summary>
    public string EncoderPath => Path.Combine(Folder, EncoderName);

    /// <summary>The CPU path's file; null where the bundle has none.</summary>
    public string? HeadPath => Tables is null ? null : Path.Combine(Folder, HeadName);

    /// <summary>Tables of the CPU path; null where the bundle has none.</summary>
    public IReadOnlyList<PoolingTable>? Tables { get; }

    /// <summary>Its files, the manifest left out.</summary>
    internal IReadOnlyList<BundleFile> Files { get; }

    /// <summary>Writes a bundle: into a folder beside <paramref name="folder"/>, checked, synced and then renamed, so that a half-written one never stands there.</summary>
    /// <param name="folder">Must not exist, or be empty.</param>
    /// <param name="card">What the model is.</param>
    /// <param name="interests">Its items and interests, as many as the card says.</param>
    /// <param name="encoder">The bytes of <c>encoder.onnx</c>.</param>
    /// <param name="head">The CPU path, if there is one.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    /// <exception cref="StoreException">The folder has something in it, or could not be written.</exception>
    public static ModelBundle Write(string folder, ModelCard card, InterestModel interests, ReadOnlyMemory<byte> encoder, EncoderHead? head = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(interests);
        ModelCardRules.Check(card);
        if (interests.Count != card.Interests)
        {
            throw new ArgumentException($"found {interests.Count} interests; expected {card.Interests}, as the card says", nameof(interests));
        }

        if (encoder.IsEmpty)
        {
            throw new ArgumentException("found no bytes; expected an ONNX model", nameof(encoder));
        }

        if (head is not null && TableFile.Find(card, head.Tables) is { } broken)
        {
            throw new ArgumentException(broken, nameof(head));
        }

        var target = Path.GetFullPath(folder);
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new StoreException(StoreFault.Conflict, $"'{target}' exists and is not an empty folder; a model bundle needs a folder of its own.");
        }

        var files = new List<(string Name, ReadOnlyMemory<byte> Bytes)>
        {
            (CardName, JsonSerializer.SerializeToUtf8Bytes(card, BundleJson.Default.ModelCard)),
            (InterestsName, InterestFile.Write(interests)),
            (EncoderName, encoder),
        };
        if (head is not null)
        {
            files.Add((HeadName, head.Onnx));
            files.Add((TablesName, TableFile.Write(head.Tables)));
        }

        var manifest = new BundleManifest
        {
            Format = Format,
            ModelId = card.ModelId,
            Files = [.. files.Select(file => new BundleFile(file.Name, file.Bytes.Length, Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span))))],
        };
        files.Add((ManifestName, JsonSerializer.SerializeToUtf8Bytes(manifest, BundleJson.Default.BundleManifest)));
        DurableFiles.WriteFolder(target, files);
        return Read(target);
    }

    /// <summary>Reads the bundle in <paramref name="folder"/> and checks every file against its manifest.</summary>
    /// <exception cref="StoreException">It is not there (NotFound), a file is missing or damaged (Corrupt), or it is of another format (Incompatible).</exception>
    public static ModelBundle Read(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var path = Path.GetFullPath(folder);
        var manifest = ReadManifest(path);
        foreach (var file in manifest.Files)
        {
            CheckFile(path, file);
        }

        foreach (var name in (string[])[CardName, InterestsName, EncoderName])
        {
            if (manifest.Files.All(file => file.Name != name))
            {
                throw Corrupt(path, ManifestName, $"it does not list {name}");
            }
        }

        var card = Parse(path, CardName, bytes => JsonSerializer.Deserialize(bytes, BundleJson.Default.ModelCard)!);
        if (card.Format != Format)
        {
            throw Incompatible(path, CardName, card.Format);
        }

        if (ModelCardRules.Find(card) is { } broken)
        {
            throw Corrupt(path, CardName, broken);
        }

        var interests = Parse(path, InterestsName, InterestFile.Read);
        if (interests.Count != card.Interests || manifest.ModelId != card.ModelId)
        {
            throw Corrupt(path, InterestsName, $"found {interests.Count} interests under the name '{manifest.ModelId}'; expected {card.Interests} under '{card.ModelId}', as the card says");
        }

        PoolingTable[]? tables = null;
        if (manifest.Files.Any(file => file.Name == TablesName) && manifest.Files.Any(file => file.Name == HeadName))
        {
            tables = Parse(path, TablesName, TableFile.Read);
            if (TableFile.Find(card, tables) is { } odd)
            {
                throw Corrupt(path, TablesName, odd);
            }
        }

        var digest = string.Join('\n', manifest.Files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Name} {file.Sha256}"));
        return new ModelBundle(path, card, interests, tables, manifest.Files, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(digest))));
    }

    private delegate T Parser<out T>(ReadOnlySpan<byte> bytes);

    private static T Parse<T>(string folder, string name, Parser<T> parse)
    {
        try
        {
            return parse(File.ReadAllBytes(Path.Combine(folder, name)));
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or ArgumentException or OverflowException)
        {
            throw Corrupt(folder, name, exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{Path.Combine(folder, name)}' could not be read: {exception.Message}", exception);
        }
    }

    private static BundleManifest ReadManifest(string folder)
    {
        if (!File.Exists(Path.Combine(folder, ManifestName)))
        {
            throw new StoreException(StoreFault.NotFound, $"'{folder}' holds no {ManifestName}; expected a model bundle as 'lurm-train fit' writes it.");
        }

        var manifest = Parse(folder, ManifestName, bytes => JsonSerializer.Deserialize(bytes, BundleJson.Default.BundleManifest)!);
        if (manifest.Format != Format)
        {
            throw Incompatible(folder, ManifestName, manifest.Format);
        }

        return manifest.Files.All(file => file is not null && Path.GetFileName(file.Name) == file.Name && file.Name is not ("" or "." or ".."))
            ? manifest
            : throw Corrupt(folder, ManifestName, "a listed file is not a plain name");
    }

    private static void CheckFile(string folder, BundleFile file)
    {
        var path = Path.Combine(folder, file.Name);
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length != file.Bytes)
            {
                throw Corrupt(folder, file.Name, $"found {stream.Length} bytes; expected {file.Bytes}");
            }

            var found = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (found != file.Sha256)
            {
                throw Corrupt(folder, file.Name, $"found SHA-256 {found}; expected {file.Sha256}");
            }
        }
        catch (FileNotFoundException exception)
        {
            throw Corrupt(folder, file.Name, "it is listed in the manifest and is missing", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{path}' could not be read: {exception.Message}", exception);
        }
    }

    private static StoreException Corrupt(string folder, string name, string found, Exception? cause = null) =>
        new(StoreFault.Corrupt, $"'{Path.Combine(folder, name)}' is damaged: {found}. Copy the bundle again, or train anew with 'lurm-train fit'.", cause);

    private static StoreException Incompatible(string folder, string name, int format) =>
        new(StoreFault.Incompatible, $"'{Path.Combine(folder, name)}' is of format {format}; expected {Format}. Train anew with this version's 'lurm-train fit'.");
}

using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lurm.Store.Encoders;

namespace Lurm.Store.Generations;

/// <summary>What a portable generation file says of itself.</summary>
internal sealed record GenerationFileHeader(int Format, string ModelId, string ModelDigest, int Dimensions, long HistoryVersion, long ZeroUsers, int Users, long SnapshotBytes)
{
    /// <summary>The embedding that made it; unknown in a file of an older version.</summary>
    public EmbeddingRun? Embedding { get; init; }
}

/// <summary>
/// A generation in one file, made where the database is a copy and adopted where it is served: magic, header length and JSON; per user
/// its key and a hash of its id; the index snapshot; and at the end the SHA-256 of all before. Ids themselves are not in it.
/// </summary>
internal static class GenerationFile
{
    private const int Format = 1;
    private const int UserBytes = 16;
    private const int HashBytes = 32;

    private static ReadOnlySpan<byte> Magic => "LURMGEN1"u8;

    /// <summary>The hash that tells whether a key belongs to the same user in another copy of the database.</summary>
    public static ulong HashOf(string userId) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(userId));

    /// <summary>Writes the file beside <paramref name="path"/>, synced, and renames it.</summary>
    public static int Write(string path, GenerationView view, ModelBundle bundle, EmbeddingRun? run, IReadOnlyList<(long Key, ulong Hash)> users, string temporaryFolder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(temporaryFolder);
        var snapshot = Path.Combine(temporaryFolder, $"publish-{Guid.NewGuid():N}{DurableFiles.TemporarySuffix}");
        var temporary = path + DurableFiles.TemporarySuffix;
        try
        {
            view.Index.Save(snapshot, view.Generation.ModelId, cancellationToken);
            using (var stream = File.Create(temporary))
            using (var hash = SHA256.Create())
            {
                using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
                using (var body = File.OpenRead(snapshot))
                {
                    var header = new GenerationFileHeader(Format, view.Generation.ModelId, bundle.Digest, view.Index.Dimensions, view.Generation.HistoryVersion, view.Generation.ZeroUsers, users.Count, body.Length) { Embedding = run };
                    var json = JsonSerializer.SerializeToUtf8Bytes(header, GenerationFileJson.Default.GenerationFileHeader);
                    Span<byte> number = stackalloc byte[UserBytes];
                    hashed.Write(Magic);
                    BinaryPrimitives.WriteInt32LittleEndian(number, json.Length);
                    hashed.Write(number[..4]);
                    hashed.Write(json);
                    foreach (var (key, idHash) in users)
                    {
                        BinaryPrimitives.WriteInt64LittleEndian(number, key);
                        BinaryPrimitives.WriteUInt64LittleEndian(number[8..], idHash);
                        hashed.Write(number);
                    }

                    body.CopyTo(hashed);
                }

                stream.Write(hash.Hash!);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            return users.Count;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{path}' could not be written: {exception.Message}", exception);
        }
        finally
        {
            File.Delete(snapshot);
            File.Delete(temporary);
        }
    }

    /// <summary>Checks the whole file, gives its header and users, and copies its snapshot to <paramref name="snapshotPath"/>.</summary>
    /// <exception cref="StoreException">NotFound, Corrupt or Incompatible.</exception>
    public static (GenerationFileHeader Header, List<(long Key, ulong Hash)> Users) Read(string path, string snapshotPath)
    {
        if (!File.Exists(path))
        {
            throw new StoreException(StoreFault.NotFound, $"there is no file '{path}'; expected what 'lurm embed --publish-to' wrote.");
        }

        try
        {
            using var stream = File.OpenRead(path);
            CheckHash(stream, path);
            using var reader = new BinaryReader(stream);
            if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
            {
                throw Corrupt(path, "it does not begin with LURMGEN1");
            }

            var header = JsonSerializer.Deserialize(reader.ReadBytes(reader.ReadInt32()), GenerationFileJson.Default.GenerationFileHeader)!;
            if (header.Format != Format)
            {
                throw new StoreException(StoreFault.Incompatible, $"'{path}' is of format {header.Format}; expected {Format}. Write it with this version's 'lurm embed --publish-to'.");
            }

            if (stream.Length - stream.Position != ((long)header.Users * UserBytes) + header.SnapshotBytes + HashBytes)
            {
                throw Corrupt(path, "its parts do not add up to its length");
            }

            var users = new List<(long, ulong)>(header.Users);
            for (var i = 0; i < header.Users; i++)
            {
                users.Add((reader.ReadInt64(), reader.ReadUInt64()));
            }

            using var snapshot = File.Create(snapshotPath);
            Copy(stream, snapshot, header.SnapshotBytes);
            return (header, users);
        }
        catch (Exception exception) when (exception is EndOfStreamException or JsonException or ArgumentException)
        {
            throw Corrupt(path, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{path}' could not be read: {exception.Message}", exception);
        }
    }

    private static void CheckHash(FileStream stream, string path)
    {
        if (stream.Length < HashBytes + Magic.Length)
        {
            throw Corrupt(path, $"it has {stream.Length} bytes");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        for (var left = stream.Length - HashBytes; left > 0;)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        var expected = new byte[HashBytes];
        stream.ReadExactly(expected);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(expected))
        {
            throw Corrupt(path, "its checksum does not hold");
        }

        stream.Position = 0;
    }

    private static void Copy(FileStream from, FileStream to, long bytes)
    {
        var buffer = new byte[1 << 20];
        while (bytes > 0)
        {
            var read = from.Read(buffer, 0, (int)Math.Min(bytes, buffer.Length));
            to.Write(buffer, 0, read);
            bytes -= read;
        }
    }

    private static StoreException Corrupt(string path, string found) =>
        new(StoreFault.Corrupt, $"'{path}' is damaged: {found}. Copy it again, or write it anew with 'lurm embed --publish-to'.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(GenerationFileHeader))]
internal sealed partial class GenerationFileJson : JsonSerializerContext;

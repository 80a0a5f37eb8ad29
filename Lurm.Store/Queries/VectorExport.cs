using System.Globalization;
using Lurm.Store.Generations;
using Parquet;
using Parquet.Schema;

namespace Lurm.Store.Queries;

/// <summary>Writes everyone's representation to a file for other tools: columns user_id, v0, v1, …</summary>
internal static class VectorExport
{
    private const int RowsPerGroup = 50_000;

    /// <summary>Writes beside <paramref name="path"/> and renames, so that a stopped export leaves no half file.</summary>
    public static void Write(LurmDatabase database, GenerationView view, string path, CancellationToken cancellationToken)
    {
        var kind = Path.GetExtension(path);
        if (kind is not (".csv" or ".parquet"))
        {
            throw new StoreException(StoreFault.Invalid, $"'{path}' ends in '{kind}'; expected .csv or .parquet.");
        }

        var temporary = path + ".partial";
        try
        {
            using (var stream = File.Create(temporary))
            {
                if (kind == ".csv")
                {
                    WriteCsv(database, view, stream, cancellationToken);
                }
                else
                {
                    WriteParquetAsync(database, view, stream, cancellationToken).GetAwaiter().GetResult();
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{path}' could not be written: {exception.Message}", exception);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void WriteCsv(LurmDatabase database, GenerationView view, Stream stream, CancellationToken cancellationToken)
    {
        using var writer = new StreamWriter(stream) { NewLine = "\n" };
        writer.Write("user_id");
        for (var d = 0; d < view.Index.Dimensions; d++)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $",v{d}"));
        }

        writer.WriteLine();
        Span<char> number = stackalloc char[32];
        foreach (var (ids, vectors) in Pages(database, view, cancellationToken))
        {
            for (var row = 0; row < ids.Count; row++)
            {
                writer.Write(Quoted(ids[row]));
                foreach (var value in vectors.AsSpan(row * view.Index.Dimensions, view.Index.Dimensions))
                {
                    // Shortest text that reads back as the same float.
                    value.TryFormat(number, out var length, "R", CultureInfo.InvariantCulture);
                    writer.Write(',');
                    writer.Write(number[..length]);
                }

                writer.WriteLine();
            }
        }
    }

    private static async Task WriteParquetAsync(LurmDatabase database, GenerationView view, Stream stream, CancellationToken cancellationToken)
    {
        var dimensions = view.Index.Dimensions;
        var id = new DataField<string>("user_id", nullable: false);
        var fields = Enumerable.Range(0, dimensions).Select(d => new DataField<float>(string.Create(CultureInfo.InvariantCulture, $"v{d}"))).ToArray();
        var writer = await ParquetWriter.CreateAsync(new ParquetSchema([id, .. fields]), stream, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            var column = new float[RowsPerGroup];
            foreach (var (ids, vectors) in Pages(database, view, cancellationToken))
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(id, ids).ConfigureAwait(false);
                for (var d = 0; d < dimensions; d++)
                {
                    for (var row = 0; row < ids.Count; row++)
                    {
                        column[row] = vectors[(row * dimensions) + d];
                    }

                    await group.WriteAsync<float>(fields[d], column.AsMemory(0, ids.Count), cancellationToken: cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Pages in key order; users erased on the way are left out.</summary>
    private static IEnumerable<(List<string> Ids, float[] Vectors)> Pages(LurmDatabase database, GenerationView view, CancellationToken cancellationToken)
    {
        var dimensions = view.Index.Dimensions;
        foreach (var keys in RepresentationReader.ReadKeys(database.Connections, view.Generation.Number, cancellationToken).Chunk(RowsPerGroup))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var ids = new string?[keys.Length];
            database.GetUserIds(keys, ids);
            var names = new List<string>(keys.Length);
            var vectors = new float[keys.Length * dimensions];
            for (var i = 0; i < keys.Length; i++)
            {
                if (ids[i] is { } name && view.Index.TryGetVector(keys[i], vectors.AsSpan(names.Count * dimensions, dimensions)))
                {
                    names.Add(name);
                }
            }

            if (names.Count > 0)
            {
                yield return (names, vectors);
            }
        }
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>Receives one representation as it is stored (see <see cref="RepresentationBlob"/>); the span lives only during the call.</summary>
internal delegate void RepresentationVisitor(long userKey, ReadOnlySpan<byte> blob);

/// <summary>Streams a generation's representations in key order, a page at a time, so that no read transaction lasts.</summary>
internal static class RepresentationReader
{
    private const int Page = 20_000;

    public static void Visit(Connections connections, long generation, RepresentationVisitor visit, CancellationToken cancellationToken)
    {
        var next = RepresentationKey.First(generation);
        var rows = Page;
        while (rows == Page)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows = 0;
            using var read = connections.Read();
            using var statement = read.Session.Prepare("SELECT representation, vector FROM representations WHERE representation BETWEEN ?1 AND ?2 ORDER BY representation LIMIT ?3");
            statement.Bind(1, next).Bind(2, RepresentationKey.Last(generation)).Bind(3, Page);
            while (statement.Step())
            {
                rows++;
                next = statement.Int64(0) + 1;
                visit(RepresentationKey.UserKey(next - 1), statement.Blob(1));
            }
        }
    }

    /// <summary>The user keys of a generation, ascending.</summary>
    public static long[] ReadKeys(Connections connections, long generation, CancellationToken cancellationToken)
    {
        var keys = new List<long>();
        var next = RepresentationKey.First(generation);
        var rows = Page;
        while (rows == Page)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows = 0;
            using var read = connections.Read();
            using var statement = read.Session.Prepare("SELECT representation FROM representations WHERE representation BETWEEN ?1 AND ?2 ORDER BY representation LIMIT ?3");
            statement.Bind(1, next).Bind(2, RepresentationKey.Last(generation)).Bind(3, Page);
            while (statement.Step())
            {
                rows++;
                next = statement.Int64(0) + 1;
                keys.Add(RepresentationKey.UserKey(next - 1));
            }
        }

        return [.. keys];
    }

    /// <summary>All of a generation: keys ascending, and vectors, row-major.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Corrupt"/>: a vector's checksum does not hold, or it has not <paramref name="dimensions"/> components.</exception>
    public static (long[] Keys, float[] Vectors) ReadAll(Connections connections, long generation, int dimensions, CancellationToken cancellationToken)
    {
        long count;
        using (var read = connections.Read())
        {
            count = GenerationTable.Count(read.Session, generation);
        }

        var keys = new long[count];
        var vectors = new float[checked((int)(count * dimensions))];
        var i = 0;
        Visit(
            connections,
            generation,
            (user, blob) =>
            {
                // Rows written since they were counted belong to changes that are applied after.
                if (i < keys.Length)
                {
                    keys[i] = user;
                    RepresentationBlob.Read(blob, generation, user, dimensions).CopyTo(vectors.AsSpan(i * dimensions));
                    i++;
                }
            },
            cancellationToken);
        return i == keys.Length ? (keys, vectors) : (keys[..i], vectors[..(i * dimensions)]);
    }
}

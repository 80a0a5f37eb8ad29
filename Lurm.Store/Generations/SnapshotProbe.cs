using System.Numerics.Tensors;
using Lurm.Index;

namespace Lurm.Store.Generations;

/// <summary>Tells a generation's own snapshot from one that was copied in from another database, whose names, model and user keys may all be the same.</summary>
internal static class SnapshotProbe
{
    private const int Samples = 16;

    // An index may keep vectors in fewer bits; what is another user's vector is further away than any rounding.
    private const float SameVectorScore = 0.99f;

    /// <summary>Opens the snapshot of <paramref name="generation"/>.</summary>
    /// <exception cref="IndexException">It is missing, damaged, of another model, or most of a sample of its vectors are not those of the database.</exception>
    /// <remarks>One wrong row proves nothing: the row itself may be damaged, and <c>lurm check</c> looks at each. Costs some point reads.</remarks>
    public static HnswIndex Open(LurmDatabase database, Generation generation)
    {
        var path = new SnapshotFiles(database.Folder).PathOf(generation.Snapshot!);
        var index = HnswIndex.Open(path, generation.ModelId);
        try
        {
            var (compared, differing) = Compare(database, generation, index);
            return differing * 2 <= compared
                ? index
                : throw new IndexException(IndexFault.Incompatible, $"'{path}' holds other vectors than the database for {differing} of {compared} users; it belongs to another database. It is a cache: delete it, or run 'lurm check --repair'.");
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    private static (int Compared, int Differing) Compare(LurmDatabase database, Generation generation, HnswIndex index)
    {
        var (compared, differing) = (0, 0);
        var kept = new float[index.Dimensions];
        using var read = database.Connections.ReadSnapshot();
        var last = read.Session.QueryInt64($"SELECT max(representation) FROM representations WHERE representation BETWEEN {RepresentationKey.First(generation.Number)} AND {RepresentationKey.Last(generation.Number)}");
        using var row = read.Session.Prepare("SELECT representation, vector FROM representations WHERE representation BETWEEN ?1 AND ?2 ORDER BY representation LIMIT 1");
        using var changed = read.Session.Prepare("SELECT 1 FROM representation_changes WHERE change_number > ?1 AND generation IN (0, ?2) AND user_key = ?3");
        for (var sample = 0; sample < Samples; sample++, row.Reset())
        {
            var from = RepresentationKey.Of(generation.Number, RepresentationKey.UserKey(last) / Samples * sample);
            if (!row.Bind(1, from).Bind(2, RepresentationKey.Last(generation.Number)).Step())
            {
                continue;
            }

            var userKey = RepresentationKey.UserKey(row.Int64(0));
            if (!RepresentationBlob.TryRead(row.Blob(1), out var vector, out _))
            {
                continue;
            }

            var isSame = vector.Length == kept.Length && index.TryGetVector(userKey, kept) && TensorPrimitives.Dot(vector, kept) >= SameVectorScore;
            if (!isSame && changed.Bind(1, generation.Watermark).Bind(2, generation.Number).Bind(3, userKey).Step())
            {
                // Newer than the snapshot.
                changed.Reset();
                continue;
            }

            changed.Reset();
            compared++;
            differing += isSame ? 0 : 1;
        }

        return (compared, differing);
    }
}

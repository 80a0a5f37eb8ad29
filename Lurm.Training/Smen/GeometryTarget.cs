namespace Lurm.Training.Smen;

/// <summary>How alike users' bags are: the cosines that the representation is to keep.</summary>
/// <remarks>u = normalise[√aL·vL ; √aS·g·vS]; G_ij = u_i·u_j. Computed over an inverted index of the batch, so that its cost does not grow with the number of interests.</remarks>
internal sealed class GeometryTarget
{
    private readonly (BagColumn Column, double Share)[] _parts;

    /// <summary>A target.</summary>
    /// <param name="parts">Columns of one bag per user, each with its share.</param>
    public GeometryTarget(params (BagColumn Column, double Share)[] parts) => _parts = [.. parts.Where(part => part.Share > 0)];

    /// <summary>G of these users, row-major, shape [users × users]; its diagonal is 1 where a user has a bag.</summary>
    public float[] Gram(ReadOnlySpan<int> users)
    {
        var size = users.Length;
        var gram = new float[size * size];
        var squares = new double[size];
        foreach (var (column, share) in _parts)
        {
            AddDots(column, share, users, gram, squares);
        }

        var scale = Array.ConvertAll(squares, square => square > 0 ? (float)(1 / Math.Sqrt(square)) : 0f);
        for (var i = 0; i < size; i++)
        {
            gram[(i * size) + i] = scale[i] > 0 ? 1 : 0;
            for (var j = 0; j < i; j++)
            {
                var value = gram[(i * size) + j] * scale[i] * scale[j];
                gram[(i * size) + j] = value;
                gram[(j * size) + i] = value;
            }
        }

        return gram;
    }

    /// <summary>G of one user with others, up to a factor that is the user's own; for whole batches <see cref="Gram"/> is cheaper.</summary>
    public float[] Similarities(int user, ReadOnlySpan<int> others)
    {
        var dots = new float[others.Length];
        var squares = new float[others.Length];
        foreach (var (column, share) in _parts)
        {
            var dense = new float[column.Parts.Columns];
            var (own, ownLength) = column.PartsOf(user).GetOffsetAndLength(column.Parts.Count);
            for (var i = 0; ownLength > 0 && i < column.Parts.Keys(own).Length; i++)
            {
                dense[column.Parts.Keys(own)[i]] = column.Parts.Values(own)[i] * (float)share * column.Gate(user);
            }

            for (var other = 0; other < others.Length; other++)
            {
                var (part, length) = column.PartsOf(others[other]).GetOffsetAndLength(column.Parts.Count);
                if (length == 0)
                {
                    continue;
                }

                var gate = column.Gate(others[other]);
                var keys = column.Parts.Keys(part);
                var values = column.Parts.Values(part);
                var dot = 0f;
                for (var i = 0; i < keys.Length; i++)
                {
                    dot += dense[keys[i]] * values[i];
                }

                dots[other] += dot * gate;
                squares[other] += (float)share * gate * gate;
            }
        }

        for (var other = 0; other < others.Length; other++)
        {
            dots[other] = squares[other] > 0 ? dots[other] / MathF.Sqrt(squares[other]) : 0;
        }

        return dots;
    }

    private static void AddDots(BagColumn column, double share, ReadOnlySpan<int> users, float[] gram, double[] squares)
    {
        var size = users.Length;
        var heads = new Dictionary<int, int>();
        var next = new List<int>();
        var rows = new List<int>();
        var weights = new List<float>();
        for (var i = 0; i < size; i++)
        {
            var (part, length) = column.PartsOf(users[i]).GetOffsetAndLength(column.Parts.Count);
            if (length == 0)
            {
                continue;
            }

            var scale = (float)(Math.Sqrt(share) * column.Gate(users[i]));
            squares[i] += scale * scale;
            var keys = column.Parts.Keys(part);
            var values = column.Parts.Values(part);
            var row = gram.AsSpan(i * size, size);
            for (var entry = 0; entry < keys.Length; entry++)
            {
                var value = scale * values[entry];
                var head = heads.GetValueOrDefault(keys[entry], -1);
                for (var at = head; at >= 0; at = next[at])
                {
                    row[rows[at]] += value * weights[at];
                }

                heads[keys[entry]] = rows.Count;
                next.Add(head);
                rows.Add(i);
                weights.Add(value);
            }
        }
    }
}

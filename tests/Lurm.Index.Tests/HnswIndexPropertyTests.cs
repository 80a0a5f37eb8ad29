using CsCheck;
using Lurm.TestKit;

namespace Lurm.Index.Tests;

public class HnswIndexPropertyTests
{
    private const int D = 12;
    private const int Keys = 120;

    private enum Step
    {
        Upsert,
        Remove,
        SaveAndOpen,
        Compact,
    }

    /// <summary>Any sequence of changes, with many equal vectors among them, leaves the index holding what a dictionary holds, and every live key found by its own vector.</summary>
    [Theory]
    [InlineData(VectorStorage.Float32)]
    [InlineData(VectorStorage.Int8)]
    public void After_any_sequence_of_changes_every_live_key_is_found_by_its_own_vector(VectorStorage storage)
    {
        using var folder = new TemporaryFolder();
        var path = folder["p"];
        var step = Gen.Frequency((10, Gen.Const(Step.Upsert)), (7, Gen.Const(Step.Remove)), (1, Gen.Const(Step.SaveAndOpen)), (1, Gen.Const(Step.Compact)));
        Gen.Select(step, Gen.Int[0, Keys - 1], Gen.Int[0, 60]).Array[0, 500].Sample(
            steps =>
            {
                var index = new HnswIndex(new HnswOptions { Dimensions = D, MaxLinks = 8, EfConstruction = 40, Storage = storage });
                var model = new Dictionary<long, float[]>();
                foreach (var (what, key, seed) in steps)
                {
                    switch (what)
                    {
                        case Step.Upsert:
                            model[key] = UnitVectors.Spread(1, D, seed);
                            index.Upsert(key, model[key]);
                            break;
                        case Step.Remove:
                            if (index.Remove(key) != model.Remove(key))
                            {
                                return false;
                            }

                            break;
                        case Step.Compact:
                            index.Compact();
                            break;
                        default:
                            index.Save(path, "p");
                            index.Dispose();
                            index = HnswIndex.Open(path, "p");
                            break;
                    }
                }

                using (index)
                {
                    return Holds(index, model);
                }
            },
            iter: 80,
            threads: 1,
            seed: "0000000000001");
    }

    private static bool Holds(HnswIndex index, Dictionary<long, float[]> model)
    {
        var hits = new Neighbor[Keys];
        var vector = new float[D];
        if (index.Count != model.Count || index.Search(new float[D], hits, Keys) != model.Count)
        {
            return false;
        }

        foreach (var (key, expected) in model)
        {
            if (!index.TryGetVector(key, vector) || !vector.SequenceEqual(expected))
            {
                return false;
            }

            // Two keys may have drawn the same vector: the score says whether one of them was found.
            index.Search(expected, hits.AsSpan(0, 1), 64);
            if (Math.Abs(hits[0].Score - 1) > 1e-5f || !model[hits[0].Key].SequenceEqual(expected))
            {
                return false;
            }
        }

        return true;
    }
}

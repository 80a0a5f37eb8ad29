using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Probes;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>Scores candidates against seeds. The same code for sparse and dense features, so that the features alone differ.</summary>
/// <param name="features">What is known of every user, unit rows.</param>
/// <param name="candidates">Whom to score.</param>
/// <param name="seeds">Rows of the seeds.</param>
/// <param name="random">For background samples and starting points.</param>
/// <returns>A score per candidate; larger is more alike.</returns>
internal delegate double[] LookalikeScorer(FeatureMatrix features, int[] candidates, int[] seeds, SampleRandom random);

/// <summary>The scorers that the lookalike task compares, by name.</summary>
internal static class LookalikeScorers
{
    private const int BackgroundPerSeed = 20;
    private const int LeastBackground = 2_000;
    private const int MostClusters = 8;
    private const double Sharpness = 10;
    private const double PseudoSeeds = 20;

    /// <summary>Those that fit the features: log-odds needs columns that are there or not.</summary>
    public static IEnumerable<(string Name, LookalikeScorer Score)> For(FeatureMatrix features)
    {
        yield return ("centroid", Centroid);
        yield return ("clusters", Clusters);
        yield return ("logistic", (matrix, candidates, seeds, random) => Logistic(matrix, candidates, seeds, random, 1));
        yield return ("logistic, stronger penalty", (matrix, candidates, seeds, random) => Logistic(matrix, candidates, seeds, random, 10));
        yield return ("ensemble", Ensemble);
        if (features is SparseFeatures)
        {
            yield return ("log-odds", LogOdds);
        }
    }

    /// <summary>Inner product with the mean seed.</summary>
    public static double[] Centroid(FeatureMatrix features, int[] candidates, int[] seeds, SampleRandom random)
    {
        var scores = new double[candidates.Length];
        features.Multiply(candidates, features.Sum(seeds), scores);
        return scores;
    }

    /// <summary>Soft maximum of the cosines with the seeds' k-means centres, k the root of half the seeds.</summary>
    public static double[] Clusters(FeatureMatrix features, int[] candidates, int[] seeds, SampleRandom random)
    {
        var count = Math.Clamp((int)Math.Sqrt(seeds.Length / 2.0), 1, MostClusters);
        var centres = Array.ConvertAll(Pick(seeds, count, random), row => Unit(features.Sum([row])));
        for (var iteration = 0; iteration < 10; iteration++)
        {
            var products = Array.ConvertAll(centres, centre => Products(features, seeds, centre));
            var members = seeds.Select((row, i) => (row, Centre: Best(products, i))).ToLookup(pair => pair.Centre, pair => pair.row);
            for (var c = 0; c < count; c++)
            {
                centres[c] = members.Contains(c) ? Unit(features.Sum(members[c].ToArray())) : centres[c];
            }
        }

        var scores = new double[candidates.Length];
        foreach (var centre in centres)
        {
            var products = Products(features, candidates, centre);
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] += Math.Exp(Sharpness * products[i]);
            }
        }

        return scores;
    }

    /// <summary>A logistic probe of the seeds against a sample of the candidates, of whom most are not like them.</summary>
    public static double[] Logistic(FeatureMatrix features, int[] candidates, int[] seeds, SampleRandom random, double penalty)
    {
        var background = Pick(candidates, Math.Min(candidates.Length, Math.Max(LeastBackground, BackgroundPerSeed * seeds.Length)), random);
        var labels = new bool[features.Rows];
        foreach (var seed in seeds)
        {
            labels[seed] = true;
        }

        int[] rows = [.. seeds, .. background];
        return LogisticProbe.Fit(features, rows, labels, penalty).Predict(features, candidates);
    }

    /// <summary>Mean rank by centroid and by logistic probe.</summary>
    public static double[] Ensemble(FeatureMatrix features, int[] candidates, int[] seeds, SampleRandom random)
    {
        var ranks = new double[candidates.Length];
        foreach (var scores in new[] { Centroid(features, candidates, seeds, random), Logistic(features, candidates, seeds, random, 10) })
        {
            var order = Enumerable.Range(0, scores.Length).ToArray();
            Array.Sort(scores, order);
            for (var rank = 0; rank < order.Length; rank++)
            {
                ranks[order[rank]] += rank;
            }
        }

        return ranks;
    }

    /// <summary>Log-odds that a user is one of the seeds and not of the candidates, columns taken as independent, there or not there.</summary>
    public static double[] LogOdds(FeatureMatrix features, int[] candidates, int[] seeds, SampleRandom random)
    {
        var sparse = (SparseFeatures)features;
        var inSeeds = Holders(sparse, seeds);
        var inCandidates = Holders(sparse, candidates);
        var weights = new double[features.Columns];
        for (var column = 0; column < weights.Length; column++)
        {
            // Pseudo-seeds that are like the candidates keep a rare column from deciding alone.
            var share = (inCandidates[column] + 0.5) / (candidates.Length + 1.0);
            var among = (inSeeds[column] + (PseudoSeeds * share)) / (seeds.Length + PseudoSeeds);
            weights[column] = Math.Log(among / share) - Math.Log((1 - among) / (1 - share));
        }

        return Array.ConvertAll(candidates, row =>
        {
            var sum = 0.0;
            foreach (var column in sparse.ColumnsOf(row))
            {
                sum += weights[column];
            }

            return sum;
        });
    }

    private static int[] Holders(SparseFeatures features, int[] rows)
    {
        var holders = new int[features.Columns];
        foreach (var row in rows)
        {
            foreach (var column in features.ColumnsOf(row))
            {
                holders[column]++;
            }
        }

        return holders;
    }

    private static double[] Products(FeatureMatrix features, int[] rows, double[] vector)
    {
        var products = new double[rows.Length];
        features.Multiply(rows, vector, products);
        return products;
    }

    private static int Best(double[][] products, int i)
    {
        var best = 0;
        for (var c = 1; c < products.Length; c++)
        {
            best = products[c][i] > products[best][i] ? c : best;
        }

        return best;
    }

    private static double[] Unit(double[] vector)
    {
        var norm = Math.Sqrt(vector.Sum(value => value * value));
        return norm > 0 ? Array.ConvertAll(vector, value => value / norm) : vector;
    }

    private static int[] Pick(int[] rows, int count, SampleRandom random)
    {
        var copy = (int[])rows.Clone();
        for (var i = 0; i < count; i++)
        {
            var other = i + random.Next(copy.Length - i);
            (copy[i], copy[other]) = (copy[other], copy[i]);
        }

        return copy[..count];
    }
}

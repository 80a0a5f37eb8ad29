using Lurm.Training.Evaluation.Features;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Reports;

/// <summary>Two dimensions for a picture: exact t-SNE (van der Maaten and Hinton, 2008) of a sample of users.</summary>
internal static class UserMapping
{
    private const double Perplexity = 30;
    private const int Iterations = 400;
    private const int EarlyIterations = 100;
    private const double EarlyExaggeration = 8;

    /// <summary>Places each of the given unit rows; neighbours by inner product end near each other.</summary>
    public static (float X, float Y)[] Place(DenseFeatures features, int[] rows, long seed, CancellationToken cancellationToken)
    {
        var n = rows.Length;
        if (n < 4)
        {
            return Array.ConvertAll(Enumerable.Range(0, n).ToArray(), i => ((float)i, 0f));
        }

        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        var near = Affinities(features, rows, parallel);
        var random = new SampleRandom(seed, 51);
        var place = Array.ConvertAll(new double[2 * n], _ => 1e-2 * random.NextNormal());
        var speed = new double[2 * n];
        var gain = new double[2 * n];
        Array.Fill(gain, 1);
        var pull = new double[2 * n];
        var push = new double[2 * n];
        var mass = new double[n];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var exaggeration = iteration < EarlyIterations ? EarlyExaggeration : 1;
            Parallel.For(0, n, parallel, i =>
            {
                double pullX = 0, pullY = 0, pushX = 0, pushY = 0, sum = 0;
                for (var j = 0; j < n; j++)
                {
                    var dx = place[2 * i] - place[2 * j];
                    var dy = place[(2 * i) + 1] - place[(2 * j) + 1];
                    var kernel = i == j ? 0 : 1 / (1 + (dx * dx) + (dy * dy));
                    var attraction = near[(i * n) + j] * kernel;
                    pullX += attraction * dx;
                    pullY += attraction * dy;
                    pushX += kernel * kernel * dx;
                    pushY += kernel * kernel * dy;
                    sum += kernel;
                }

                (pull[2 * i], pull[(2 * i) + 1], push[2 * i], push[(2 * i) + 1], mass[i]) = (pullX, pullY, pushX, pushY, sum);
            });
            var total = mass.Sum();
            var momentum = iteration < EarlyIterations ? 0.5 : 0.8;
            var rate = n / EarlyExaggeration / 4;
            for (var k = 0; k < place.Length; k++)
            {
                var gradient = 4 * ((exaggeration * pull[k]) - (push[k] / total));
                gain[k] = Math.Max(0.01, gradient > 0 == speed[k] > 0 ? gain[k] * 0.8 : gain[k] + 0.2);
                speed[k] = (momentum * speed[k]) - (rate * gain[k] * gradient);
            }

            for (var k = 0; k < place.Length; k++)
            {
                place[k] += speed[k];
            }
        }

        return Array.ConvertAll(Enumerable.Range(0, n).ToArray(), i => ((float)place[2 * i], (float)place[(2 * i) + 1]));
    }

    /// <summary>Symmetric joint probabilities; each row's width is searched so that its perplexity is the one asked.</summary>
    private static float[] Affinities(DenseFeatures features, int[] rows, ParallelOptions parallel)
    {
        var n = rows.Length;
        var conditional = new float[n * n];
        var wanted = Math.Log(Math.Min(Perplexity, (n - 1) / 3.0));
        Parallel.For(0, n, parallel, i =>
        {
            var products = new double[n];
            features.Multiply(rows, features.Sum([rows[i]]), products);
            var row = conditional.AsSpan(i * n, n);
            double low = 0, high = double.PositiveInfinity, precision = 10;
            for (var attempt = 0; attempt < 60; attempt++)
            {
                double sum = 0, moment = 0;
                for (var j = 0; j < n; j++)
                {
                    // Squared distance of unit vectors.
                    var distance = 2 - (2 * products[j]);
                    var weight = j == i ? 0 : Math.Exp(-precision * distance);
                    row[j] = (float)weight;
                    sum += weight;
                    moment += weight * distance;
                }

                var entropy = sum > 0 ? Math.Log(sum) + (precision * moment / sum) : 0;
                for (var j = 0; j < n && sum > 0; j++)
                {
                    row[j] /= (float)sum;
                }

                if (Math.Abs(entropy - wanted) < 1e-4)
                {
                    break;
                }

                if (entropy > wanted)
                {
                    low = precision;
                    precision = double.IsInfinity(high) ? precision * 2 : (low + high) / 2;
                    continue;
                }

                high = precision;
                precision = (low + high) / 2;
            }
        });
        var joint = new float[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                joint[(i * n) + j] = (conditional[(i * n) + j] + conditional[(j * n) + i]) / (2 * n);
            }
        }

        return joint;
    }
}

using System.Diagnostics;
using Lurm.Training.Algebra;
using TorchSharp;
using static TorchSharp.torch;

namespace Lurm.Training.Smen;

/// <summary>Trains a network: singular vectors as its start, geometry and contrast as its loss, held-out users to know when to stop.</summary>
/// <param name="options">The modules and their training.</param>
/// <param name="seed">Of everything random; the same seed, data and threads give the same bits.</param>
/// <param name="device">Where tensors live.</param>
internal sealed class SmenTrainer(SmenOptions options, long seed, Device device)
{
    private const int StepsWanted = 600;

    /// <summary>Steps without gain that are too few to stop at: a pass over a thousand users is two.</summary>
    private const int PatientSteps = 100;

    /// <summary>What the step has shrunk to at the last pass, along a half cosine.</summary>
    private const double LastRate = 0.05;
    private const int HeldOutView = -1;

    /// <summary>Told after every step.</summary>
    public IProgress<SmenProgress>? Progress { get; init; }

    /// <summary>Called with the network after every pass.</summary>
    public Action<SmenNetwork>? EpochEnded { get; init; }

    /// <summary>Where the state is kept after every pass, to go on from after a crash; none: nowhere.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Leading right singular vectors of the lifetime bags, shape [Interests × Dimensions], where they are known already; none: computed.</summary>
    public float[]? SingularVectors { get; init; }

    /// <summary>Trains on these bags.</summary>
    public SmenResult Train(TrainingBags bags, CancellationToken cancellationToken)
    {
        random.manual_seed(seed);
        var (training, heldOut) = Split(bags.Users);
        var steps = Math.Max(1, (int)Math.Round((double)training.Length / options.BatchUsers));
        var epochs = options.TrainedShare == 0 ? 0 : options.Epochs ?? Math.Clamp(StepsWanted / steps, 6, 100);
        var patience = Math.Max(options.Patience, PatientSteps / steps);
        var network = CreateNetwork(bags, cancellationToken);
        try
        {
            using var adam = new Adam(network.parameters());
            var state = new EpochState();
            var start = network.Values();
            Checkpoint?.TryRestore(network, adam, state);
            var judge = PrepareAll(bags, heldOut);
            var neighbours = heldOut.Length > 0 && options.GeometryWeight > 0 ? new HeldOutNeighbours(bags, heldOut, training) : null;
            if (state.Epoch == 0)
            {
                state.StartLoss = Judge(network, bags, judge, cancellationToken);
                state.Keep(network, state.StartLoss, Overlap());
            }

            var clock = Stopwatch.StartNew();
            var before = state.Epoch;
            while (state.Epoch < epochs && state.WithoutGain < patience)
            {
                RunEpoch(network, adam, bags, training, steps, epochs, state, clock, before, cancellationToken);
                state.Epoch++;
                state.Keep(network, Judge(network, bags, judge, cancellationToken), Overlap());
                Checkpoint?.Save(network, adam, state);
                EpochEnded?.Invoke(network);
            }

            var share = options.TrainedShare ?? 1;
            network.SetBetween(start, state.Best, share);
            var overlap = share < 1 ? Overlap() : state.BestOverlap;
            return new SmenResult(network, start, state.Best, state.Epoch, state.StartLoss, state.BestLoss, overlap, training.Length, heldOut.Length);

            double? Overlap() => neighbours?.Measure(users => Encode(network, bags.Columns, users, device));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>An untrained network that starts from the bags' singular vectors.</summary>
    public SmenNetwork CreateNetwork(TrainingBags bags, CancellationToken cancellationToken)
    {
        var shape = new SmenShape(bags.Source.Card.Interests, bags.Source.Card.Bags, options);
        var known = SingularVectors ?? ComputeSingularVectors(bags, cancellationToken);
        var start = new float[shape.Interests * shape.Width];
        for (var interest = 0; interest < shape.Interests; interest++)
        {
            known.AsSpan(interest * shape.Dimensions, shape.Width).CopyTo(start.AsSpan(interest * shape.Width));
        }

        var network = new SmenNetwork(shape);
        network.StartFrom(start);
        network.to(device);
        return network;
    }

    /// <summary>What <see cref="SingularVectors"/> are.</summary>
    public float[] ComputeSingularVectors(TrainingBags bags, CancellationToken cancellationToken) =>
        TruncatedSvd.Compute(bags.Lifetime.RowPerUser(), options.Dimensions, seed, cancellationToken: cancellationToken).Vectors;

    /// <summary>Representations of these users, row-major, shape [users × Dimensions].</summary>
    public static float[] Encode(SmenNetwork network, BagColumn[] columns, int[] users, Device device)
    {
        const int Batch = 1024;
        using var noGradient = no_grad();
        var dimensions = network.Shape.Dimensions;
        var result = new float[(long)users.Length * dimensions];
        for (var start = 0; start < users.Length; start += Batch)
        {
            using var scope = NewDisposeScope();
            var batch = users.AsSpan(start, Math.Min(Batch, users.Length - start));
            var vectors = network.Forward(Tensors(network, columns, batch, device)).cpu().contiguous();
            vectors.data<float>().CopyTo(result.AsSpan(start * dimensions, batch.Length * dimensions));
        }

        return result;
    }

    private void RunEpoch(SmenNetwork network, Adam adam, TrainingBags bags, int[] training, int steps, int epochs, EpochState state, Stopwatch clock, int before, CancellationToken cancellationToken)
    {
        var order = training.ToArray();
        var shuffle = SplitMix.Of(seed, state.Epoch, 0x0D);
        shuffle.Shuffle(order.AsSpan());
        var loss = 0.0;
        var next = PrepareStep(bags, order, 0, steps, state.Epoch);
        for (var step = 0; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = next.GetAwaiter().GetResult();
            if (step + 1 < steps)
            {
                next = PrepareStep(bags, order, step + 1, steps, state.Epoch);
            }

            using (NewDisposeScope())
            {
                var value = Loss(network, bags, batch);
                value.backward();
                adam.Step(LearningRate((state.Epoch + ((double)step / steps)) / epochs));
                loss += value.item<float>();
            }

            var done = ((state.Epoch - before) * (double)steps) + step + 1;
            var left = TimeSpan.FromSeconds(clock.Elapsed.TotalSeconds / done * (((epochs - before) * (double)steps) - done));
            Progress?.Report(new SmenProgress(state.Epoch + 1, epochs, step + 1, steps, loss / (step + 1), state.Epoch == 0 ? null : state.LastLoss, left));
        }
    }

    private double LearningRate(double progress) =>
        options.LearningRate * (LastRate + ((1 - LastRate) * (1 + Math.Cos(Math.PI * progress)) / 2));

    private Task<PreparedBatch> PrepareStep(TrainingBags bags, int[] order, int step, int steps, int epoch)
    {
        var start = (int)((long)step * order.Length / steps);
        var end = (int)((step + 1L) * order.Length / steps);
        var users = order[start..end];
        return Task.Run(() => Prepare(bags, users, epoch));
    }

    private PreparedBatch Prepare(TrainingBags bags, int[] users, int epoch)
    {
        var contrast = options.ContrastWeight > 0 && users.Length > 1;
        return new PreparedBatch(
            users,
            contrast ? bags.Source.BuildThinned(bags.Histories, users, seed, epoch, 0) : null,
            contrast ? bags.Source.BuildThinned(bags.Histories, users, seed, epoch, 1) : null,
            options.GeometryWeight > 0 ? bags.Target.Gram(users) : null);
    }

    private List<PreparedBatch> PrepareAll(TrainingBags bags, int[] users) =>
        [.. users.Chunk(options.BatchUsers).Select(chunk => Prepare(bags, chunk, HeldOutView))];

    private double Judge(SmenNetwork network, TrainingBags bags, List<PreparedBatch> batches, CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        var sum = 0.0;
        var count = 0;
        foreach (var batch in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            sum += Loss(network, bags, batch).item<float>() * batch.Users.Length;
            count += batch.Users.Length;
        }

        return count == 0 ? 0 : sum / count;
    }

    private Tensor Loss(SmenNetwork network, TrainingBags bags, PreparedBatch batch)
    {
        var size = batch.Users.Length;
        var loss = zeros(1, device: device);
        if (batch.Gram is { } gram && size > 1)
        {
            var vectors = network.Forward(Tensors(network, bags.Columns, batch.Users, device));
            var wanted = tensor(gram, [size, size], device: device);
            var weights = eye(size, device: device).neg().Plus(1) * wanted.clamp_min(Scalars.Real(0)).mul(Scalars.Real(options.NearWeight)).Plus(1);
            // Not square(): it makes a scalar of its own, see Scalars.
            var difference = vectors.matmul(vectors.t()) - wanted;
            var squares = difference * difference * weights;
            loss = loss.Plus((squares.sum() / weights.sum()).mul(Scalars.Real(options.GeometryWeight)));
        }

        if (batch is { First: { } first, Second: { } second })
        {
            int[] all = [.. Enumerable.Range(0, size)];
            var one = network.Forward(Tensors(network, first, all, device));
            var two = network.Forward(Tensors(network, second, all, device));
            var logits = one.matmul(two.t()).div(Scalars.Real(options.Temperature));
            var own = tensor(Array.ConvertAll(all, row => (long)row), device: device);
            var contrast = nn.functional.cross_entropy(logits, own).Plus(nn.functional.cross_entropy(logits.t(), own));
            loss = loss.Plus(contrast.mul(Scalars.Real(options.ContrastWeight / 2)));
        }

        return loss;
    }

    private static BagTensors[] Tensors(SmenNetwork network, BagColumn[] columns, ReadOnlySpan<int> users, Device device)
    {
        var tensors = new BagTensors[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            tensors[i] = BagTensors.From(columns[i], users, SmenShape.IsSingle(network.Shape.Bags[i]), device);
        }

        return tensors;
    }

    /// <summary>Holds out one user in twenty, at most 2,048; none where that leaves too few to judge by.</summary>
    private (int[] Training, int[] HeldOut) Split(int[] users)
    {
        var shuffled = users.ToArray();
        var random = SplitMix.Of(seed, 0x5817);
        random.Shuffle(shuffled.AsSpan());
        var heldOut = users.Length < 200 ? 0 : Math.Min(2048, Math.Max(100, users.Length / 20));
        return (shuffled[heldOut..], shuffled[..heldOut]);
    }

    private sealed record PreparedBatch(int[] Users, BagColumn[]? First, BagColumn[]? Second, float[]? Gram);
}

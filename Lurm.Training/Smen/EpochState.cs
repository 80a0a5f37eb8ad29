using static TorchSharp.torch;

namespace Lurm.Training.Smen;

/// <summary>What early stopping and a resumed run need to know.</summary>
internal sealed class EpochState
{
    /// <summary>Passes that are done.</summary>
    public int Epoch { get; set; }

    /// <summary>Held-out loss before the first pass.</summary>
    public double StartLoss { get; set; }

    /// <summary>Held-out loss after the last pass.</summary>
    public double LastLoss { get; set; }

    /// <summary>Held-out loss of the pass that is kept.</summary>
    public double BestLoss { get; set; } = double.PositiveInfinity;

    /// <summary>Held-out neighbour overlap of the pass that is kept.</summary>
    public double? BestOverlap { get; set; }

    /// <summary>Passes since the best one.</summary>
    public int WithoutGain { get; set; }

    /// <summary>The parameters at their best, in the network's order.</summary>
    public float[][] Best { get; set; } = [];

    /// <summary>Notes a pass and keeps its parameters where it is the best: by overlap where that is known, else by loss; without held-out users the last is kept.</summary>
    public void Keep(SmenNetwork network, double loss, double? overlap)
    {
        LastLoss = loss;
        var isBetter = overlap is { } found ? !(found <= BestOverlap) : loss < BestLoss || loss == 0;
        if (!isBetter)
        {
            WithoutGain++;
            return;
        }

        WithoutGain = 0;
        BestLoss = loss;
        BestOverlap = overlap;
        Best = network.Values();
    }

    /// <summary>A tensor's values.</summary>
    internal static float[] Values(Tensor tensor)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>Puts values back into tensors.</summary>
    internal static void Restore(IEnumerable<Tensor> tensors, IReadOnlyList<float[]> values)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var noGradient = no_grad();
        var i = 0;
        foreach (var target in tensors)
        {
            target.copy_(tensor(values[i++], target.shape));
        }
    }
}

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

    /// <summary>The best held-out loss.</summary>
    public double BestLoss { get; set; } = double.PositiveInfinity;

    /// <summary>Passes since the best one.</summary>
    public int WithoutGain { get; set; }

    /// <summary>The parameters at their best, in the network's order.</summary>
    public float[][] Best { get; set; } = [];

    /// <summary>Notes a held-out loss and keeps the parameters where it is the best; without held-out users the last are kept.</summary>
    public void Keep(SmenNetwork network, double loss)
    {
        LastLoss = loss;
        if (loss < BestLoss || loss == 0)
        {
            WithoutGain = 0;
            BestLoss = loss;
            Best = [.. network.parameters().Select(Values)];
            return;
        }

        WithoutGain++;
    }

    /// <summary>Puts the best parameters back.</summary>
    public void RestoreBest(SmenNetwork network) => Restore(network.parameters(), Best);

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

using Lurm.Training.Algebra;
using TorchSharp;
using static TorchSharp.torch;

namespace Lurm.Training.Smen;

/// <summary>Adam (Kingma and Ba, arXiv:1412.6980) whose whole state can be saved and restored.</summary>
internal sealed class Adam : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly TorchSharp.Modules.Parameter[] _parameters;
    private readonly Tensor[] _means;
    private readonly Tensor[] _squares;

    public Adam(IEnumerable<TorchSharp.Modules.Parameter> parameters)
    {
        _parameters = [.. parameters];
        _means = [.. _parameters.Select(parameter => zeros_like(parameter).DetachFromDisposeScope())];
        _squares = [.. _parameters.Select(parameter => zeros_like(parameter).DetachFromDisposeScope())];
    }

    /// <summary>Steps so far.</summary>
    public long Steps { get; set; }

    /// <summary>What a checkpoint has to keep beside the parameters.</summary>
    public IEnumerable<Tensor> State => _means.Concat(_squares);

    /// <summary>Applies and clears the gradients.</summary>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Steps++;
        using var rate = (-learningRate * Math.Sqrt(1 - Math.Pow(Beta2, Steps)) / (1 - Math.Pow(Beta1, Steps))).ToScalar();
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_parameters[i].grad is not { } gradient)
            {
                continue;
            }

            _means[i].mul_(Scalars.Real(Beta1)).add_(gradient, Scalars.Real(1 - Beta1));
            _squares[i].mul_(Scalars.Real(Beta2)).addcmul_(gradient, gradient, Scalars.Real(1 - Beta2));
            _parameters[i].addcdiv_(_means[i], _squares[i].sqrt().add_(Scalars.Real(Epsilon), Scalars.Whole(1)), rate);
            gradient.zero_();
        }
    }

    public void Dispose()
    {
        foreach (var tensor in State)
        {
            tensor.Dispose();
        }
    }
}

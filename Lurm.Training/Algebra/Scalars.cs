using System.Collections.Concurrent;
using TorchSharp;

namespace Lurm.Training.Algebra;

/// <summary>Numbers for tensor operations, kept for good.</summary>
/// <remarks>
/// Where a number stands beside a tensor, TorchSharp makes a scalar of it and holds no reference while native code reads it: a collection at
/// that moment frees it, and the operation fails ("Unknown scalar type") or reads another number. A program uses few different numbers.
/// </remarks>
internal static class Scalars
{
    private static readonly ConcurrentDictionary<double, TorchSharp.Scalar> Reals = new();
    private static readonly ConcurrentDictionary<long, TorchSharp.Scalar> Integers = new();

    /// <summary>The scalar of a number; for numbers that change with every step, hold one in a <c>using</c> instead.</summary>
    public static TorchSharp.Scalar Real(double value) => Reals.GetOrAdd(value, static number => number.ToScalar());

    /// <summary>The scalar of a whole number, which leaves a tensor of whole numbers one.</summary>
    public static TorchSharp.Scalar Whole(long value) => Integers.GetOrAdd(value, static number => number.ToScalar());

    /// <summary>The sum of two tensors; the operator multiplies the second by a scalar of its own.</summary>
    public static torch.Tensor Plus(this torch.Tensor left, torch.Tensor right) => left.add(right, Whole(1));

    /// <summary>A number added to every component.</summary>
    public static torch.Tensor Plus(this torch.Tensor tensor, double value) => tensor.add(Real(value), Whole(1));
}

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace Lurm.Index;

/// <summary>Checks of arguments that several front doors share.</summary>
[StackTraceHidden]
internal static class Throw
{
    /// <summary>A vector must have the index's length and finite components.</summary>
    public static void IfNotAVector(ReadOnlySpan<float> vector, int dimensions, string name)
    {
        if (vector.Length != dimensions)
        {
            Length(vector.Length, dimensions, name);
        }

        // The sum of x - x is 0 only where every x is finite: one pass, no branch per component.
        if (!float.IsFinite(TensorPrimitives.SumOfMagnitudes(vector)) && HasNonFinite(vector))
        {
            NotFinite(vector, name);
        }
    }

    /// <summary>An upper bound on threads is at least one.</summary>
    public static void IfNoThread(int threads) => ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);

    private static bool HasNonFinite(ReadOnlySpan<float> vector) => IndexOfNonFinite(vector) >= 0;

    private static int IndexOfNonFinite(ReadOnlySpan<float> vector)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            if (!float.IsFinite(vector[i]))
            {
                return i;
            }
        }

        return -1;
    }

    [DoesNotReturn]
    private static void Length(int found, int expected, string name) =>
        throw new ArgumentException($"The vector has {found} components; the index has {expected}.", name);

    [DoesNotReturn]
    private static void NotFinite(ReadOnlySpan<float> vector, string name)
    {
        var at = IndexOfNonFinite(vector);
        throw new ArgumentException($"Component {at} of the vector is {vector[at]}; every component must be finite.", name);
    }
}

using System.Buffers;

namespace Lurm.Store.Encoders;

/// <summary>Zeroed arrays of a run, rented and given back together.</summary>
internal static class Pad
{
    public static Memory<T> Rent<T>(int length, List<Array> rented)
        where T : unmanaged
    {
        var array = ArrayPool<T>.Shared.Rent(length);
        array.AsSpan(0, length).Clear();
        rented.Add(array);
        return array.AsMemory(0, length);
    }

    public static void Return(List<Array> rented)
    {
        foreach (var array in rented)
        {
            switch (array)
            {
                case int[] ints:
                    ArrayPool<int>.Shared.Return(ints);
                    break;
                case float[] floats:
                    ArrayPool<float>.Shared.Return(floats);
                    break;
                default:
                    throw new InvalidOperationException($"found a rented {array.GetType()}; expected int[] or float[]");
            }
        }
    }
}

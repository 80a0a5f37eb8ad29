namespace Lurm.Store.Encoders;

/// <summary>One table of the CPU path: a bag's pooled vector is Σ value · row(key).</summary>
/// <param name="bags">Names of the bag inputs that pool over it.</param>
/// <param name="width">Components of a row.</param>
/// <param name="values">Row-major, shape [Interests × width]; borrowed, not copied.</param>
public sealed class PoolingTable(IReadOnlyList<string> bags, int width, ReadOnlyMemory<float> values)
{
    /// <summary>Names of the bag inputs that pool over it.</summary>
    public IReadOnlyList<string> Bags { get; } = bags;

    /// <summary>Components of a row.</summary>
    public int Width { get; } = width;

    /// <summary>Row-major, shape [Interests × Width].</summary>
    public ReadOnlyMemory<float> Values { get; } = values;
}

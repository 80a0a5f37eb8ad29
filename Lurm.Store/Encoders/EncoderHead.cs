namespace Lurm.Store.Encoders;

/// <summary>The CPU path of an encoder that only ever sums table rows before its dense part: pooling in C#, the rest in <c>head.onnx</c>.</summary>
/// <remarks>
/// <c>head.onnx</c> takes, for a bag <c>b</c> of one part, <c>b_pooled</c> float [B, Width] and, with a gate, <c>b_gate</c> float [B, 1]; for a bag of many
/// parts <c>b_pooled</c> float [B, P, Width], <c>b_ages</c> int32 [B, P] and <c>b_mask</c> float [B, P]. Its output is <c>representation</c> float [B, Dimensions], unit length,
/// as of <c>encoder.onnx</c>; both agree within 1e-5.
/// </remarks>
/// <param name="onnx">The model file's bytes.</param>
/// <param name="tables">Tables that together name every bag of the card once.</param>
public sealed class EncoderHead(ReadOnlyMemory<byte> onnx, IReadOnlyList<PoolingTable> tables)
{
    /// <summary>The model file's bytes.</summary>
    public ReadOnlyMemory<byte> Onnx { get; } = onnx;

    /// <summary>Tables that together name every bag of the card once.</summary>
    public IReadOnlyList<PoolingTable> Tables { get; } = tables;
}

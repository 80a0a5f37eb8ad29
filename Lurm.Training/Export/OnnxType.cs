namespace Lurm.Training.Export;

/// <summary>Element types of ONNX tensors that our graphs use, numbered as in TensorProto.DataType.</summary>
internal enum OnnxType
{
    /// <summary>32-bit float.</summary>
    Float = 1,

    /// <summary>32-bit integer.</summary>
    Int32 = 6,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,
}

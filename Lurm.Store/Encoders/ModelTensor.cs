using Microsoft.ML.OnnxRuntime;

namespace Lurm.Store.Encoders;

/// <summary>Name, element type and shape of an input or output of a model file.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Element">The type of an element.</param>
/// <param name="Shape">Sizes; <see cref="Any"/> where the size is the batch's.</param>
internal sealed record ModelTensor(string Name, Type Element, params int[] Shape)
{
    /// <summary>A size that is known only when a batch is run; ONNX Runtime's own mark for it.</summary>
    public const int Any = -1;

    /// <summary>As a session declares it.</summary>
    public static ModelTensor Of(string name, NodeMetadata declared) =>
        declared.IsTensor ? new ModelTensor(name, declared.ElementType, declared.Dimensions) : new ModelTensor(name, typeof(void));

    /// <summary>Whether a tensor of this contract fits <paramref name="declared"/>: a size that either leaves open fits any.</summary>
    public bool Fits(ModelTensor declared) =>
        Name == declared.Name && Element == declared.Element && Shape.Length == declared.Shape.Length
        && Shape.Zip(declared.Shape).All(size => size.First == size.Second || size.First < 0 || size.Second < 0);

    /// <summary>As people write it: <c>lifetime_keys int32 [?, ?]</c>.</summary>
    public override string ToString()
    {
        var element = Element == typeof(float) ? "float" : Element == typeof(void) ? "no tensor" : Element.Name.ToLowerInvariant();
        return $"{Name} {element} [{string.Join(", ", Shape.Select(size => size < 0 ? "?" : FormattableString.Invariant($"{size}")))}]";
    }
}

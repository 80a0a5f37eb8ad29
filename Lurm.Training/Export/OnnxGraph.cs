using System.Runtime.InteropServices;
using System.Text;

namespace Lurm.Training.Export;

/// <summary>Writes an ONNX model: declare inputs, add weights and operators, name the outputs, <see cref="ToBytes"/>.</summary>
/// <remarks>Field numbers are those of onnx.proto3 (IR version 10). Operators come from opset 21 of the default domain.</remarks>
internal sealed class OnnxGraph(string name)
{
    /// <summary>The operator set.</summary>
    public const int Opset = 21;

    private const int IrVersion = 10;

    private readonly OnnxMessage _nodes = new();
    private readonly OnnxMessage _weights = new();
    private readonly OnnxMessage _inputs = new();
    private readonly OnnxMessage _outputs = new();
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Declares an input; a dimension is a number or a name.</summary>
    public string Input(string input, OnnxType type, params object[] dimensions)
    {
        _inputs.Message(11, ValueInfo(input, type, dimensions));
        return input;
    }

    /// <summary>Declares an output.</summary>
    public void Output(string output, OnnxType type, params object[] dimensions) => _outputs.Message(12, ValueInfo(output, type, dimensions));

    /// <summary>Adds float weights, row-major.</summary>
    public string Weights(string weights, ReadOnlySpan<float> values, params long[] dimensions) => Tensor(weights, OnnxType.Float, MemoryMarshal.AsBytes(values), dimensions);

    /// <summary>Adds a vector of integers.</summary>
    public string Integers(string weights, params long[] values) => Tensor(weights, OnnxType.Int64, MemoryMarshal.AsBytes(values.AsSpan()), [values.Length]);

    /// <summary>Adds one float.</summary>
    public string Scalar(string weights, float value) => Tensor(weights, OnnxType.Float, MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in value)), []);

    /// <summary>Adds an operator with one output; returns the output's name.</summary>
    public string Operator(string type, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes) =>
        Operator(type, inputs, $"{type}_{_count}", attributes);

    /// <summary>Adds an operator whose one output has this name.</summary>
    public string Operator(string type, IReadOnlyList<string> inputs, string output, params (string Name, object Value)[] attributes)
    {
        Operators(type, inputs, [output], attributes);
        return output;
    }

    /// <summary>Adds an operator of several outputs; an empty name leaves one out.</summary>
    public void Operators(string type, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, params (string Name, object Value)[] attributes)
    {
        var node = new OnnxMessage();
        foreach (var input in inputs)
        {
            node.Text(1, input);
        }

        foreach (var output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(3, $"{type}_{_count++}").Text(4, type);
        foreach (var (attribute, value) in attributes)
        {
            node.Message(5, Attribute(attribute, value));
        }

        _nodes.Message(1, node);
    }

    /// <summary>Adds a line of metadata that any runtime can read.</summary>
    public void Metadata(string key, string value) => _metadata[key] = value;

    /// <summary>The model file.</summary>
    public byte[] ToBytes()
    {
        var graph = new OnnxMessage();
        graph.Append(_nodes).Text(2, name).Append(_weights).Append(_inputs).Append(_outputs);
        var model = new OnnxMessage()
            .Integer(1, IrVersion)
            .Text(2, "lurm-train")
            .Message(7, graph)
            .Message(8, new OnnxMessage().Text(1, string.Empty).Integer(2, Opset));
        foreach (var (key, value) in _metadata)
        {
            model.Message(14, new OnnxMessage().Text(1, key).Text(2, value));
        }

        return model.ToArray();
    }

    private string Tensor(string weights, OnnxType type, ReadOnlySpan<byte> raw, ReadOnlySpan<long> dimensions)
    {
        if (!_names.Add(weights))
        {
            return weights;
        }

        var tensor = new OnnxMessage();
        foreach (var dimension in dimensions)
        {
            tensor.Integer(1, dimension);
        }

        _weights.Message(5, tensor.Integer(2, (int)type).Text(8, weights).Bytes(9, raw));
        return weights;
    }

    private static OnnxMessage ValueInfo(string value, OnnxType type, object[] dimensions)
    {
        var shape = new OnnxMessage();
        foreach (var dimension in dimensions)
        {
            shape.Message(1, dimension is string symbol ? new OnnxMessage().Text(2, symbol) : new OnnxMessage().Integer(1, (int)dimension));
        }

        var tensorType = new OnnxMessage().Integer(1, (int)type).Message(2, shape);
        return new OnnxMessage().Text(1, value).Message(2, new OnnxMessage().Message(1, tensorType));
    }

    private static OnnxMessage Attribute(string attribute, object value)
    {
        const int FloatType = 1, IntegerType = 2, TextType = 3, IntegersType = 7;
        var message = new OnnxMessage().Text(1, attribute);
        switch (value)
        {
            case float number:
                return message.Float(2, number).Integer(20, FloatType);
            case int number:
                return message.Integer(3, number).Integer(20, IntegerType);
            case string text:
                return message.Bytes(4, Encoding.UTF8.GetBytes(text)).Integer(20, TextType);
            case long[] numbers:
                foreach (var number in numbers)
                {
                    message.Integer(8, number);
                }

                return message.Integer(20, IntegersType);
            default:
                throw new ArgumentException($"found an attribute of type {value.GetType().Name}; expected float, int, string or long[]", nameof(value));
        }
    }
}

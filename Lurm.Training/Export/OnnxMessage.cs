using Google.Protobuf;

namespace Lurm.Training.Export;

/// <summary>A protobuf message that is written field by field; nested messages are written first and put in as bytes.</summary>
#pragma warning disable CA1001 // Both streams are over managed memory alone: there is nothing to release.
internal sealed class OnnxMessage
#pragma warning restore CA1001
{
    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _output;

    public OnnxMessage() => _output = new CodedOutputStream(_bytes, leaveOpen: true);

    /// <summary>An integer field.</summary>
    public OnnxMessage Integer(int field, long value)
    {
        _output.WriteTag(field, WireFormat.WireType.Varint);
        _output.WriteInt64(value);
        return this;
    }

    /// <summary>A float field.</summary>
    public OnnxMessage Float(int field, float value)
    {
        _output.WriteTag(field, WireFormat.WireType.Fixed32);
        _output.WriteFloat(value);
        return this;
    }

    /// <summary>A text field.</summary>
    public OnnxMessage Text(int field, string value)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteString(value);
        return this;
    }

    /// <summary>A field of raw bytes.</summary>
    public OnnxMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteLength(value.Length);
        _output.Flush();
        _bytes.Write(value);
        return this;
    }

    /// <summary>A nested message.</summary>
    public OnnxMessage Message(int field, OnnxMessage value)
    {
        value._output.Flush();
        return Bytes(field, value._bytes.GetBuffer().AsSpan(0, (int)value._bytes.Length));
    }

    /// <summary>All fields of another message, as fields of this one.</summary>
    public OnnxMessage Append(OnnxMessage other)
    {
        _output.Flush();
        other._output.Flush();
        other._bytes.WriteTo(_bytes);
        return this;
    }

    /// <summary>The message's bytes.</summary>
    public byte[] ToArray()
    {
        _output.Flush();
        return _bytes.ToArray();
    }
}

namespace Lurm.Store.Ingestion;

/// <summary>Walks bytes of Thrift's compact protocol that must be of known types. Every length is checked against the bytes there are.</summary>
/// <exception cref="InvalidDataException">The bytes are of other types.</exception>
/// <exception cref="EndOfStreamException">The bytes end in the middle of a value.</exception>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int StructCode = 12;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes were read.</summary>
    public int At { get; private set; }

    /// <summary>The value of the field last gone to, where that is a Boolean: the protocol has it in the field's header.</summary>
    public bool Boolean { get; private set; }

    /// <summary>Goes to the next field of a struct that has a known type, over those that have none.</summary>
    /// <param name="type">The struct.</param>
    /// <param name="field">The field's number; 0 before the first.</param>
    /// <returns>Whether there is one.</returns>
    public bool NextField(ThriftType type, ref int field)
    {
        while (true)
        {
            var header = Byte();
            if (header == 0)
            {
                return false;
            }

            field = header >> 4 == 0 ? (short)Integer32() : (short)(field + (header >> 4));
            Boolean = (header & 15) == ThriftType.Bool.Code;
            if (field >= 1 && field <= type.Fields.Count && type.Fields[field - 1] is { } known)
            {
                return known.IsCoded(header & 15)
                    ? true
                    : throw new InvalidDataException($"field {field} is of type {header & 15}, expected {known.Code}, at byte {At}");
            }

            SkipUnknown(field, header & 15);
        }
    }

    /// <summary>Goes over the value of a field.</summary>
    public void SkipField(ThriftType type)
    {
        if (type != ThriftType.Bool)
        {
            Skip(type);
        }
    }

    public int Integer32()
    {
        var value = Varint(5);
        return value <= uint.MaxValue ? (int)(value >> 1) ^ -(int)(value & 1) : throw new InvalidDataException($"a number is too long at byte {At}");
    }

    /// <summary>The number of elements of a list.</summary>
    public int ListHeader(ThriftType element)
    {
        var header = Byte();
        var count = header >> 4 == 15 ? Varint(5) : (ulong)(header >> 4);

        // An element has a byte at least.
        if (count > (ulong)(_bytes.Length - At))
        {
            throw new InvalidDataException($"a list of {count} at byte {At} has {_bytes.Length - At} bytes to come");
        }

        return count == 0 || (header & 15) == element.Code ? (int)count : throw new InvalidDataException($"a list of type {header & 15}, expected {element.Code}, at byte {At}");
    }

    private void Skip(ThriftType type)
    {
        switch (type.Code)
        {
            case StructCode:
                var field = 0;
                while (NextField(type, ref field))
                {
                    SkipField(type.Fields[field - 1]!);
                }

                return;
            case var _ when type.Element is { } element:
                for (var count = ListHeader(element); count > 0; count--)
                {
                    Skip(element);
                }

                return;
            case var _ when type == ThriftType.Binary:
                Skip(Varint(5));
                return;
            case var _ when type == ThriftType.F64:
                Skip(sizeof(double));
                return;
            case var _ when type == ThriftType.I64:
                Varint(10);
                return;
            case var _ when type == ThriftType.I32 || type == ThriftType.I16:
                Integer32();
                return;
            default:
                Skip(1);
                return;
        }
    }

    /// <summary>A field of a later version of the format: a scalar, or a struct with nothing in it. What is nested, the library would not go over as a whole.</summary>
    private void SkipUnknown(int field, int code)
    {
        if (ThriftType.Scalar(code) is { } scalar)
        {
            SkipField(scalar);
        }
        else if (code != StructCode || Byte() != 0)
        {
            throw new InvalidDataException($"field {field} of type {code} at byte {At} is not known");
        }
    }

    private static EndOfStreamException EndsEarly() => new("it ends in the middle of a value");

    private byte Byte() => At < _bytes.Length ? _bytes[At++] : throw EndsEarly();

    private void Skip(ulong count)
    {
        if (count > (ulong)(_bytes.Length - At))
        {
            throw EndsEarly();
        }

        At += (int)count;
    }

    private ulong Varint(int maxBytes)
    {
        ulong value = 0;
        for (var i = 0; i < maxBytes; i++)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"a number without end at byte {At}");
    }
}

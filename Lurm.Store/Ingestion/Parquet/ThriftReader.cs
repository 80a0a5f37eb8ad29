using Lurm.Store.Histories;

namespace Lurm.Store.Ingestion.Parquet;

/// <summary>Reads Thrift's compact protocol. Every length is checked against the bytes there are; what is not asked for is gone over.</summary>
/// <exception cref="InvalidDataException">A value is of another type than was asked for, or none.</exception>
/// <exception cref="EndOfStreamException">The bytes end in the middle of a value.</exception>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    // The type of the value that comes next, as the field's or the list's header says.
    private int _type;

    /// <summary>How many bytes were read.</summary>
    public int At { get; private set; }

    /// <summary>Goes to the next field of a struct; its value has to be read or skipped.</summary>
    /// <param name="field">The field's number; 0 before the first.</param>
    /// <returns>Whether there is one.</returns>
    public bool NextField(ref int field)
    {
        var header = Byte();
        if (header == 0)
        {
            return false;
        }

        field = header >> 4 == 0 ? (short)Varint.UnZigZag(Number()) : field + (header >> 4);
        _type = header & 15;
        return true;
    }

    /// <summary>A whole number of any width.</summary>
    public long Integer() => _type switch
    {
        Type.Int8 => (sbyte)Byte(),
        Type.Int16 or Type.Int32 or Type.Int64 => Varint.UnZigZag(Number()),
        _ => throw Wrong("a whole number"),
    };

    public int Integer32()
    {
        var value = Integer();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Wrong("a number of 32 bits");
    }

    /// <summary>A field that is true or false has its value in its type.</summary>
    public readonly bool Boolean() => _type is Type.True or Type.False ? _type == Type.True : throw Wrong("true or false");

    public ReadOnlySpan<byte> Binary() => _type == Type.Binary ? Take(Number()) : throw Wrong("text");

    /// <summary>Enters a struct, whose fields come next.</summary>
    public readonly void Struct()
    {
        if (_type != Type.Struct)
        {
            throw Wrong("a struct");
        }
    }

    /// <summary>Enters a list of structs, each of which is entered by its fields.</summary>
    /// <returns>How many it has.</returns>
    public int Structs()
    {
        if (_type is not (Type.List or Type.Set))
        {
            throw Wrong("a list");
        }

        var count = ListHeader();
        return count == 0 || _type == Type.Struct ? count : throw Wrong("a list of structs");
    }

    /// <summary>Goes over a value.</summary>
    public void Skip() => Skip(0);

    private void Skip(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException($"values are nested more than {MaxDepth} deep at byte {At}");
        }

        switch (_type)
        {
            case Type.True or Type.False:
                return;
            case Type.Int8:
                Take(1);
                return;
            case Type.Int16 or Type.Int32 or Type.Int64:
                Number();
                return;
            case Type.Double:
                Take(sizeof(double));
                return;
            case Type.Binary:
                Take(Number());
                return;
            case Type.List or Type.Set:
                for (var (count, type) = (ListHeader(), _type); count > 0; count--)
                {
                    SkipElement(type, depth);
                }

                return;
            case Type.Map:
                SkipMap(depth);
                return;
            case Type.Struct:
                var field = 0;
                while (NextField(ref field))
                {
                    Skip(depth + 1);
                }

                return;
            default:
                throw Wrong("a type of the protocol");
        }
    }

    private void SkipMap(int depth)
    {
        var count = Count(Number());
        var types = count > 0 ? Byte() : 0;
        for (; count > 0; count--)
        {
            SkipElement(types >> 4, depth);
            SkipElement(types & 15, depth);
        }
    }

    /// <summary>Elements that are true or false have a byte, unlike fields.</summary>
    private void SkipElement(int type, int depth)
    {
        _type = type is Type.True or Type.False ? Type.Int8 : type;
        Skip(depth + 1);
    }

    private int ListHeader()
    {
        var header = Byte();
        _type = header & 15;
        return Count(header >> 4 == 15 ? Number() : (ulong)(header >> 4));
    }

    /// <summary>An element has a byte at least.</summary>
    private readonly int Count(ulong count) =>
        count <= (ulong)(_bytes.Length - At) ? (int)count : throw new InvalidDataException($"a list of {count} at byte {At} has {_bytes.Length - At} bytes to come");

    private byte Byte() => At < _bytes.Length ? _bytes[At++] : throw EndsEarly();

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_bytes.Length - At))
        {
            throw EndsEarly();
        }

        var taken = _bytes.Slice(At, (int)count);
        At += (int)count;
        return taken;
    }

    private ulong Number()
    {
        var at = At;
        var value = BitReader.ReadVarint(_bytes, ref at);
        At = at;
        return value;
    }

    private readonly InvalidDataException Wrong(string expected) => new($"found a value of type {_type} at byte {At}, expected {expected}");

    private static EndOfStreamException EndsEarly() => new("it ends in the middle of a value");

    /// <summary>Types of the compact protocol.</summary>
    private static class Type
    {
        public const int True = 1;
        public const int False = 2;
        public const int Int8 = 3;
        public const int Int16 = 4;
        public const int Int32 = 5;
        public const int Int64 = 6;
        public const int Double = 7;
        public const int Binary = 8;
        public const int List = 9;
        public const int Set = 10;
        public const int Map = 11;
        public const int Struct = 12;
    }
}

using System.Buffers.Binary;

namespace Lurm.Store.Ingestion;

/// <summary>Walks the footer of a Parquet file, Thrift's compact protocol, before the library does: that one believes every length it reads, and counts to it.</summary>
/// <remarks>Apache Parquet format: the file ends with the footer, its length (int32, little-endian) and "PAR1".</remarks>
internal ref struct ParquetFooter
{
    private const int TailBytes = 8;
    private const int MaxBytes = 64 * 1024 * 1024;
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;

    private ParquetFooter(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Leaves <paramref name="stream"/> at its start.</summary>
    /// <exception cref="InvalidDataException">The footer is not one that could be read to its end.</exception>
    public static void Check(Stream stream)
    {
        if (stream.Length < TailBytes)
        {
            throw new InvalidDataException($"it has {stream.Length} bytes");
        }

        Span<byte> tail = stackalloc byte[TailBytes];
        stream.Seek(-TailBytes, SeekOrigin.End);
        stream.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length < 1 || length > Math.Min(MaxBytes, stream.Length - TailBytes))
        {
            throw new InvalidDataException("it does not end with a footer, its length and PAR1");
        }

        var bytes = new byte[length];
        stream.Seek(-TailBytes - length, SeekOrigin.End);
        stream.ReadExactly(bytes);
        stream.Seek(0, SeekOrigin.Begin);
        new ParquetFooter(bytes).Struct(0);
    }

    private void Struct(int depth)
    {
        while (true)
        {
            var header = Byte();
            if (header == 0)
            {
                return;
            }

            if (header >> 4 == 0)
            {
                Varint();
            }

            // A field that is true or false has its value in its type.
            if ((header & 15) is not (Type.True or Type.False))
            {
                Value(header & 15, depth);
            }
        }
    }

    private void Value(int type, int depth)
    {
        switch (type)
        {
            case Type.True or Type.False or Type.Int8:
                Skip(1);
                return;
            case Type.Int16 or Type.Int32 or Type.Int64:
                Varint();
                return;
            case Type.Double:
                Skip(8);
                return;
            case Type.Binary:
                Skip(Varint());
                return;
            case Type.List or Type.Set:
                List(Deeper(depth));
                return;
            case Type.Map:
                Map(Deeper(depth));
                return;
            case Type.Struct:
                Struct(Deeper(depth));
                return;
            default:
                throw new InvalidDataException($"its footer has a value of type {type} at byte {_at}");
        }
    }

    private void List(int depth)
    {
        var header = Byte();
        var count = header >> 4 == 15 ? Varint() : (ulong)(header >> 4);
        Elements(count, depth, header & 15);
    }

    private void Map(int depth)
    {
        var count = Varint();
        if (count > 0)
        {
            var types = Byte();
            Elements(count, depth, types >> 4, types & 15);
        }
    }

    private void Elements(ulong count, int depth, params ReadOnlySpan<int> types)
    {
        // An element has a byte at least.
        if (count > (ulong)(_bytes.Length - _at))
        {
            throw new InvalidDataException($"its footer has a list of {count} at byte {_at}, with {_bytes.Length - _at} bytes to come");
        }

        for (; count > 0; count--)
        {
            foreach (var type in types)
            {
                Value(type, depth);
            }
        }
    }

    private static int Deeper(int depth) => depth < MaxDepth ? depth + 1 : throw new InvalidDataException("its footer is nested too deeply");

    private int Byte() => _at < _bytes.Length ? _bytes[_at++] : throw new InvalidDataException("its footer ends in the middle of a value");

    private void Skip(ulong bytes)
    {
        if (bytes > (ulong)(_bytes.Length - _at))
        {
            throw new InvalidDataException("its footer ends in the middle of a value");
        }

        _at += (int)bytes;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"its footer has a number without end at byte {_at}");
    }

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

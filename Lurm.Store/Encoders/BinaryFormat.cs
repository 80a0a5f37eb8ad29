using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Lurm.Store.Encoders;

/// <summary>Bounded little-endian reading and writing of the bundle's binary files.</summary>
internal static class BinaryFormat
{
    public static void WriteFloats(BinaryWriter writer, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (var value in values)
        {
            writer.Write(value);
        }
    }

    public static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>A cursor that faults, rather than reads past the end.</summary>
    public ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int Position { get; private set; }

        public readonly int Left => _bytes.Length - Position;

        public ReadOnlySpan<byte> Take(long length)
        {
            if (length < 0 || length > Left)
            {
                throw new InvalidDataException($"{length} bytes wanted at offset {Position}, {Left} left");
            }

            var taken = _bytes.Slice(Position, (int)length);
            Position += (int)length;
            return taken;
        }

        public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        /// <summary>A count of things that take at least <paramref name="bytesEach"/> bytes each.</summary>
        public int Count(int bytesEach)
        {
            var count = Int32();
            if (count < 0 || (long)count * bytesEach > Left)
            {
                throw new InvalidDataException($"{count} entries claimed at offset {Position - 4}, {Left} bytes left");
            }

            return count;
        }

        public string Text() => Encoding.UTF8.GetString(Take(Int32()));

        public float[] Floats(long count)
        {
            var bytes = Take(checked(count * 4));
            var values = new float[count];
            if (BitConverter.IsLittleEndian)
            {
                bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
                return values;
            }

            for (var i = 0; i < values.Length; i++)
            {
                values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]);
            }

            return values;
        }
    }
}

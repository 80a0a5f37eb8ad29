namespace Lurm.Store.Encoders;

/// <summary><c>tables.bin</c>, format 1: magic, number of tables, then per table its bags, width, rows and values; little-endian.</summary>
internal static class TableFile
{
    private static ReadOnlySpan<byte> Magic => "LURMTAB1"u8;

    public static byte[] Write(IReadOnlyList<PoolingTable> tables)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(tables.Count);
        foreach (var table in tables)
        {
            writer.Write(table.Bags.Count);
            foreach (var bag in table.Bags)
            {
                BinaryFormat.WriteText(writer, bag);
            }

            writer.Write(table.Width);
            writer.Write(table.Values.Length / table.Width);
            BinaryFormat.WriteFloats(writer, table.Values.Span);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no such file.</exception>
    public static PoolingTable[] Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new BinaryFormat.Reader(bytes);
        if (!reader.Take(Magic.Length).SequenceEqual(Magic))
        {
            throw new InvalidDataException("it does not begin with LURMTAB1");
        }

        var tables = new PoolingTable[reader.Count(12)];
        for (var i = 0; i < tables.Length; i++)
        {
            var bags = new string[reader.Count(4)];
            for (var j = 0; j < bags.Length; j++)
            {
                bags[j] = reader.Text();
            }

            var width = reader.Count(0);
            var rows = reader.Count(0);
            tables[i] = new PoolingTable(bags, width, reader.Floats((long)width * rows));
        }

        return reader.Left == 0 ? tables : throw new InvalidDataException($"{reader.Left} bytes follow its end");
    }

    /// <summary>The first way in which <paramref name="tables"/> do not fit <paramref name="card"/>, or null.</summary>
    public static string? Find(ModelCard card, IReadOnlyList<PoolingTable> tables)
    {
        if (tables.FirstOrDefault(table => table.Width < 1 || table.Values.Length != (long)table.Width * card.Interests) is { } odd)
        {
            return $"found a table of {odd.Values.Length} values of width {odd.Width}; expected {card.Interests} rows";
        }

        var named = tables.SelectMany(table => table.Bags).Order(StringComparer.Ordinal);
        return named.SequenceEqual(card.Bags.Select(bag => bag.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal)
            ? null
            : $"found tables for the bags {string.Join(", ", tables.SelectMany(table => table.Bags))}; expected each of {string.Join(", ", card.Bags.Select(bag => bag.Name))} once";
    }
}

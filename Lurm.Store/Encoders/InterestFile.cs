namespace Lurm.Store.Encoders;

/// <summary><c>interests.bin</c>, format 1: magic, counts, labels, idf, items in ordinal order, centroids, text vectors; little-endian.</summary>
internal static class InterestFile
{
    private static ReadOnlySpan<byte> Magic => "LURMINT1"u8;

    public static byte[] Write(InterestModel model)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(model.Count);
        writer.Write(model.Dimensions);
        writer.Write(model.HasItemVectors ? 1 : 0);
        writer.Write(model.Text?.Buckets ?? 0);
        foreach (var label in model.Labels)
        {
            BinaryFormat.WriteText(writer, label);
        }

        BinaryFormat.WriteFloats(writer, model.Idf);
        writer.Write(model.Items.Count);
        foreach (var (id, interest) in model.Items.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            BinaryFormat.WriteText(writer, id);
            writer.Write(interest);
        }

        BinaryFormat.WriteFloats(writer, model.Centroids);
        if (model.Text is { } text)
        {
            BinaryFormat.WriteFloats(writer, text.Vectors);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no such file.</exception>
    public static InterestModel Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new BinaryFormat.Reader(bytes);
        if (!reader.Take(Magic.Length).SequenceEqual(Magic))
        {
            throw new InvalidDataException("it does not begin with LURMINT1");
        }

        var count = reader.Count(8);
        var dimensions = reader.Int32();
        var hasItemVectors = reader.Int32() != 0;
        var buckets = reader.Count(0);
        var labels = new string[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = reader.Text();
        }

        var idf = reader.Floats(count);
        var itemCount = reader.Count(8);
        var items = new Dictionary<string, int>(itemCount, StringComparer.Ordinal);
        for (var i = 0; i < itemCount; i++)
        {
            items.Add(reader.Text(), reader.Int32());
        }

        var centroids = reader.Floats((long)count * dimensions);
        var text = buckets == 0 ? null : new TextFallback(dimensions, reader.Floats((long)buckets * dimensions));
        if (reader.Left != 0)
        {
            throw new InvalidDataException($"{reader.Left} bytes follow its end");
        }

        return InterestModel.Create(labels, idf, items, dimensions, centroids, hasItemVectors, text);
    }
}

using System.Globalization;
using System.Text;
using Lurm.Store.Ingestion;
using Parquet;
using Parquet.Schema;

namespace Lurm.Store.Tests.Ingestion;

public sealed class ParquetRowsTests
{
    private static readonly string OtherWriters = Path.Combine(AppContext.BaseDirectory, "Ingestion", "Parquet");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Files of Arrow C++ (ParquetSharp 25.0) and DuckDB 1.5, by writer, codec and encoding.</summary>
    public static TheoryData<string> FilesOfOtherWriters => new(Directory.GetFiles(OtherWriters).Select(path => Path.GetFileName(path)).Where(name => name != "duckdb-vectors.parquet"));

    [Fact]
    public async Task Events_come_from_Parquet_with_any_type_of_column()
    {
        using var shop = new Shop();
        string[] users = ["u", "v"];
        var user = new DataField<string>("user");
        var item = new DataField<long>("item");
        var time = new DataField<DateTime>("time");
        var weight = new DataField<double?>("weight");
        await using (var stream = File.Create(shop.PathOf("a.parquet")))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(user, item, time, weight), stream, cancellationToken: Token))
        {
            for (var group = 0; group < 2; group++)
            {
                using var rows = writer.CreateRowGroup();
                await rows.WriteAsync(user, users);
                await rows.WriteAsync<long>(item, new[] { 7L, 8L + group }, cancellationToken: Token);
                await rows.WriteAsync<DateTime>(time, new[] { new DateTime(2020, 9, 13, 12, 26, 40, DateTimeKind.Utc), new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc) }, cancellationToken: Token);
                await rows.WriteAsync<double>(weight, new double?[] { null, 0.5 }, cancellationToken: Token);
                rows.CompleteValidate();
            }
        }

        var report = shop.Database.IngestFiles([shop.PathOf("a.parquet")], Shop.Mapping with { WeightColumn = "weight" }, null, null, Token);

        Assert.Equal(4, report.Rows);
        var first = new BehaviourEvent { User = "u", Item = "7", Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000) };
        var second = new BehaviourEvent { User = "v", Item = "8", Time = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero), Weight = 0.5 };
        shop.AssertHolds([first, first, second, second with { Item = "9" }]);
    }

    [Fact]
    public async Task Vectors_of_items_come_from_lists()
    {
        using var shop = new Shop();
        string[] ids = ["x", "y"];
        float[] components = [1, 2, 3, 4, 5, 6];
        int[] repetitions = [0, 1, 1, 0, 1, 1];
        var id = new DataField<string>("id");
        var component = new DataField<float>("element");
        var vector = new ListField("vector", component);
        var schema = new ParquetSchema(id, vector);
        await using (var stream = File.Create(shop.PathOf("items.parquet")))
        await using (var writer = await ParquetWriter.CreateAsync(schema, stream, cancellationToken: Token))
        {
            using var rows = writer.CreateRowGroup();
            await rows.WriteAsync(id, ids);
            var levels = Enumerable.Repeat(schema.DataFields[1].MaxDefinitionLevel, 6).ToArray();
            await rows.WriteAllPartsAsync<float>(schema.DataFields[1], components, levels, repetitions, Token);
            rows.CompleteValidate();
        }

        var report = shop.Database.ImportItems(shop.PathOf("items.parquet"), new ItemMapping { IdColumn = "id", VectorColumn = "vector" }, Token);

        Assert.Equal(2, report.Added);
        Assert.Equal([[1f, 2f, 3f], [4f, 5f, 6f]], shop.Database.ReadItems(Token).Select(item => item.Vector.ToArray()));
    }

    [Theory]
    [MemberData(nameof(FilesOfOtherWriters))]
    public void Events_come_from_files_of_other_writers(string file)
    {
        using var shop = new Shop();

        shop.Database.IngestFiles([Path.Combine(OtherWriters, file)], Shop.Mapping with { WeightColumn = "weight" }, null, null, Token);

        shop.AssertHolds(Enumerable.Range(0, 60).Select(i => new BehaviourEvent
        {
            User = $"user{i % 17}",
            Item = $"item{i * 7 % 23}",
            Time = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000 + i * 60),
            Weight = i % 3 == 0 ? null : i / 8.0,
        }));
    }

    [Fact]
    public void Vectors_come_from_lists_of_DuckDB()
    {
        using var shop = new Shop();

        shop.Database.ImportItems(Path.Combine(OtherWriters, "duckdb-vectors.parquet"), new ItemMapping { IdColumn = "id", VectorColumn = "vector" }, Token);

        Assert.Equal(Enumerable.Range(0, 60).Select(i => new[] { i / 2f, 1.5f, -1f }), shop.Database.ReadItems(Token).OrderBy(item => int.Parse(item.Id, CultureInfo.InvariantCulture)).Select(item => item.Vector.ToArray()));
    }

    /// <summary>The library's writer, all codecs and types, read row by row.</summary>
    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.Lz4Raw)]
    public async Task Every_type_that_the_library_writes_has_its_text(CompressionMethod codec)
    {
        const int rows = 500;
        var random = new Random(3);
        var columns = new (DataField Field, Func<ParquetRowGroupWriter, DataField, Task> Write, Func<int, string> Text)[]
        {
            Numbers("byte", row => (byte)row, value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("sbyte", row => (sbyte)(row % 200 - 100), value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("short", row => (short)(row * 60 - 15_000), value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("ushort", row => (ushort)(row * 131), value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("int", row => row * 4_000_000 - 1_000_000_000, value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("uint", row => (uint)row * 8_000_000u, value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("long", row => random.NextInt64(long.MinValue, long.MaxValue), value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("ulong", row => (ulong)random.NextInt64() * 2, value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("float", row => random.NextSingle() - 0.5f, value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("double", row => random.NextDouble() * 1e200, value => value.ToString(CultureInfo.InvariantCulture)),
            Numbers("bool", row => row % 3 == 0, value => value ? "true" : "false"),
            Numbers("decimal", row => (row - 250) * 1.05m, value => value.ToString("F18", CultureInfo.InvariantCulture)),
            Numbers("time", row => DateTime.UnixEpoch.AddMilliseconds(row * 86_000_001L), value => value.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture)),
            Numbers("same", row => 7, value => "7"),
        };
        var texts = Enumerable.Range(0, rows).Select(row => row % 7 == 0 ? null : $"t{row % 13}é").ToArray();
        var text = new DataField<string>("text");
        using var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. columns.Select(column => column.Field), text]), stream, new ParquetOptions { CompressionMethod = codec }, cancellationToken: Token))
        {
            for (var n = 0; n < 2; n++)
            {
                using var group = writer.CreateRowGroup();
                foreach (var (field, write, _) in columns)
                {
                    await write(group, field);
                }

                await group.WriteAsync(text, texts);
                group.CompleteValidate();
            }
        }

        using var read = new ParquetRows(new MemoryStream(stream.ToArray()), "all", [.. columns.Select(column => column.Field.Name), "text", "absent"], slot => slot <= columns.Length);
        for (var row = 0; row < 2 * rows; row++)
        {
            Assert.True(read.Read(Token));
            Assert.Equal(columns.Select(column => column.Text(row % rows)).Append(texts[row % rows] ?? "").Append(""), Enumerable.Range(0, columns.Length + 2).Select(slot => Encoding.UTF8.GetString(read[slot])));
        }

        Assert.False(read.Read(Token));

        (DataField, Func<ParquetRowGroupWriter, DataField, Task>, Func<int, string>) Numbers<T>(string name, Func<int, T> make, Func<T, string> format)
            where T : struct
        {
            var values = Enumerable.Range(0, rows).Select(make).ToArray();
            return (new DataField<T>(name), async (group, field) => await group.WriteAsync<T>(field, values, cancellationToken: Token), row => format(values[row]));
        }
    }

    /// <summary>Whatever a file says, no room is made for it that its bytes cannot show.</summary>
    [Theory]
    [InlineData("arrow-uncompressed-plain.parquet")]
    [InlineData("arrow-snappy.parquet")]
    [InlineData("arrow-zstd-delta.parquet")]
    [InlineData("duckdb-zstd-v2.parquet")]
    [InlineData("duckdb-snappy-lists.parquet")]
    public void A_changed_byte_is_read_or_refused_and_never_takes_memory_beyond_the_file(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(OtherWriters, file));
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var value in new byte[] { 0x00, 0x03, 0x7F, 0xFF })
            {
                var damaged = bytes.ToArray();
                damaged[at] = value;
                var before = GC.GetAllocatedBytesForCurrentThread();
                ReadAll(damaged, ["user", "item", "time", "weight", "vector"]);
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 65 << 20, $"byte {at} as {value}");
            }
        }
    }

    [Fact]
    public void A_file_that_ends_early_is_refused()
    {
        var bytes = File.ReadAllBytes(Path.Combine(OtherWriters, "arrow-gzip-plain.parquet"));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(StoreFault.Invalid, Assert.Throws<StoreException>(() => ReadAll(bytes[..length], ["user"], isTolerant: false)).Fault);
        }
    }

    [Fact]
    public void A_schema_nested_beyond_the_stack_is_refused()
    {
        const int depth = 100_000;
        var footer = new List<byte> { 0x15, 2, 0x19, 0xFC, 0xA0, 0x8D, 6 };
        for (var i = 0; i < depth; i++)
        {
            // A group with one child.
            footer.AddRange([0x48, 1, (byte)'a', 0x15, 2, 0]);
        }

        footer.AddRange([0x16, 0, 0x19, 0x0C, 0]);
        byte[] file = [.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Count), .. "PAR1"u8];

        var fault = Assert.Throws<StoreException>(() => ReadAll(file, ["user"], isTolerant: false));

        Assert.Contains("columns deep", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_Parquet_is_refused()
    {
        using var shop = new Shop();
        var fault = shop.Refused("a.parquet", "user,item,time\nu,x,100\n");
        Assert.Equal(StoreFault.Invalid, fault.Fault);
        Assert.Contains("'a.parquet' could not be read as Parquet", fault.Message, StringComparison.Ordinal);
    }

    private static void ReadAll(byte[] file, string[] wanted, bool isTolerant = true)
    {
        try
        {
            using var rows = new ParquetRows(new MemoryStream(file), "damaged", wanted, _ => true);
            while (rows.Read(Token))
            {
            }
        }
        catch (StoreException fault) when (isTolerant && fault.Fault is StoreFault.Invalid or StoreFault.NotFound)
        {
            // Refused in words.
        }
        catch (RowException) when (isTolerant)
        {
            // A row is.
        }
    }
}

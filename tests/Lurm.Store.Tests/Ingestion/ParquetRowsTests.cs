using System.Globalization;
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

    /// <summary>Whatever a writer says in a page's header, the library would make room for it.</summary>
    [Theory]
    [InlineData("arrow-uncompressed-plain.parquet")]
    [InlineData("arrow-snappy.parquet")]
    [InlineData("duckdb-zstd-v2.parquet")]
    [InlineData("duckdb-vectors.parquet")]
    public void A_changed_byte_is_read_or_refused_and_never_takes_memory_beyond_the_file(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(OtherWriters, file));
        string[] wanted = file == "duckdb-vectors.parquet" ? ["id", "vector"] : ["user", "item", "time", "weight"];
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (byte value in new byte[] { 0x7F, 0xFF })
            {
                var damaged = bytes.ToArray();
                damaged[at] = value;
                var before = GC.GetAllocatedBytesForCurrentThread();
                ReadAll(damaged, wanted);
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 128 << 20, $"byte {at} as {value}");
            }
        }
    }

    [Fact]
    public async Task A_page_that_says_it_becomes_gigabytes_is_refused()
    {
        var file = await PageOfGigabytesAsync();

        var fault = Assert.Throws<StoreException>(() => ReadAll(file, ["user"], isTolerant: false));

        Assert.Equal(StoreFault.Invalid, fault.Fault);
        Assert.Contains("row group 0, column 'user'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("become", fault.Message, StringComparison.Ordinal);
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

    /// <summary>One page of Snappy that is as short as its header says, and whose bytes say that they become two gigabytes.</summary>
    private static async Task<byte[]> PageOfGigabytesAsync()
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(OtherWriters, "arrow-snappy.parquet"), Token);
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(bytes), cancellationToken: Token);
        using var group = reader.OpenRowGroupReader(0);
        var column = group.GetMetadata(reader.Schema.DataFields[0])!.MetaData!;
        Lengthen(bytes.AsSpan((int)column.DictionaryPageOffset!.Value));
        return bytes;
    }

    private static void Lengthen(Span<byte> page)
    {
        var header = new ThriftReader(page);
        PageSize.Read(ref header);
        ReadOnlySpan<byte> length = [0xFF, 0xFF, 0xFF, 0xFF, 7];
        length.CopyTo(page[header.At..]);
    }
}

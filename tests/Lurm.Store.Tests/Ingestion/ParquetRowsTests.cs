using Parquet;
using Parquet.Schema;

namespace Lurm.Store.Tests.Ingestion;

public sealed class ParquetRowsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

    [Fact]
    public void What_is_no_Parquet_is_refused()
    {
        using var shop = new Shop();
        var fault = shop.Refused("a.parquet", "user,item,time\nu,x,100\n");
        Assert.Equal(StoreFault.Invalid, fault.Fault);
        Assert.Contains("'a.parquet' could not be read as Parquet", fault.Message, StringComparison.Ordinal);
    }
}

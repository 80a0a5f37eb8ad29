using System.Globalization;
using Lurm.Store.Tests.Generations;
using Parquet;

namespace Lurm.Store.Tests.Queries;

public sealed class VectorExportTests : IDisposable
{
    private readonly Shop _shop = new(users: 12);

    public VectorExportTests()
    {
        _shop.Ingest([Shop.Event("comma, \"quoted\"", 3, 1)]);
        _shop.Register();
        _shop.Database.Embed(cancellationToken: Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _shop.Dispose();

    [Fact]
    public void Csv_holds_every_user_with_the_very_floats()
    {
        _shop.Database.ExportVectors(_shop["x.csv"], Token);

        var lines = File.ReadAllLines(_shop["x.csv"]);
        Assert.Equal("user_id," + string.Join(',', Enumerable.Range(0, 16).Select(d => $"v{d}")), lines[0]);
        Assert.Equal(14, lines.Length);
        Assert.StartsWith("\"comma, \"\"quoted\"\"\",", lines[^1], StringComparison.Ordinal);
        var fields = lines[1].Split(',');
        _shop.Database.TryGetRepresentation(fields[0], out var vector);
        Assert.Equal(vector, fields[1..].Select(field => float.Parse(field, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Parquet_holds_the_same()
    {
        _shop.Database.ExportVectors(_shop["x.parquet"], Token);

        await using var stream = File.OpenRead(_shop["x.parquet"]);
        var reader = await ParquetReader.CreateAsync(stream, cancellationToken: Token);
        await using (reader)
        {
            Assert.Equal(17, reader.Schema.Fields.Count);
            Assert.Equal("user_id", reader.Schema.Fields[0].Name);
            using var group = reader.OpenRowGroupReader(0);
            Assert.Equal(13, group.RowCount);
            var column = new float[13];
            await group.ReadAsync<float>(reader.Schema.DataFields[3], column, cancellationToken: Token);
            _shop.Database.TryGetRepresentation("u0", out var vector);
            Assert.Equal(vector![2], column[0]);
        }
    }

    [Fact]
    public void Another_ending_is_refused_and_nothing_is_left()
    {
        var error = Assert.Throws<StoreException>(() => _shop.Database.ExportVectors(_shop["x.txt"], Token));

        Assert.Contains("expected .csv or .parquet", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(_shop["x"])!, "x.*"));
    }
}

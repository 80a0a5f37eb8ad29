using Lurm.Store.Encoders;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Encoders;

public sealed class ModelBundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_back()
    {
        var card = Models.Card(2, default, Models.Lifetime(), Models.Recent(1.5, 7)) with
        {
            KindWeights = new Dictionary<string, double> { ["buy"] = 5 },
            Metrics = new Dictionary<string, double> { ["auc"] = 0.75 },
        };
        ModelBundle.Write(_folder["m"], card, InterestModelTests.Model(true), new byte[] { 1, 2, 3 }, Head());

        var read = ModelBundle.Read(_folder["m"]);

        Assert.Equal("m1", read.Card.ModelId);
        Assert.Equal(card.CreatedAt, read.Card.CreatedAt);
        Assert.Equal(4, read.Card.Dimensions);
        Assert.Equal(card.Bags[1].HalfLifePeriods, read.Card.Bags[1].HalfLifePeriods);
        Assert.Equal(5, read.Card.KindWeights["buy"]);
        Assert.Equal(0.75, read.Card.Metrics["auc"]);
        Assert.Equal(["cups", "lamps"], read.Interests.Labels);
        Assert.Equal([1, 0.5f], read.Interests.Idf.ToArray());
        Assert.Equal([1, 0, 0, 1], read.Interests.Centroids.ToArray());
        Assert.True(read.Interests.TryGetInterest("é", null, null, out var interest));
        Assert.Equal(0, interest);
        Assert.True(read.Interests.TryGetInterest("later", "mug", null, out interest));
        Assert.Equal(0, interest);
        Assert.Equal([1, 2, 3, 4, 5, 6], read.Tables![0].Values.ToArray());
        Assert.Equal(3, read.Tables[0].Width);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(read.EncoderPath));
        Assert.Equal([9], File.ReadAllBytes(read.HeadPath!));
    }

    [Fact]
    public void The_same_parts_have_the_same_digest_and_other_parts_another()
    {
        var one = Write("a", 1);
        Assert.Equal(one.Digest, Write("b", 1).Digest);
        Assert.NotEqual(one.Digest, Write("c", 2).Digest);
    }

    [Theory]
    [InlineData(ModelBundle.CardName)]
    [InlineData(ModelBundle.InterestsName)]
    [InlineData(ModelBundle.EncoderName)]
    [InlineData(ModelBundle.HeadName)]
    [InlineData(ModelBundle.TablesName)]
    public void A_changed_or_missing_file_is_named(string name)
    {
        Write("m", 1);
        var path = Path.Combine(_folder["m"], name);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        var changed = Assert.Throws<StoreException>(() => ModelBundle.Read(_folder["m"]));
        File.Delete(path);
        var missing = Assert.Throws<StoreException>(() => ModelBundle.Read(_folder["m"]));

        Assert.Equal(StoreFault.Corrupt, changed.Fault);
        Assert.Contains(name, changed.Message, StringComparison.Ordinal);
        Assert.Equal(StoreFault.Corrupt, missing.Fault);
        Assert.Contains(name, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_bundle_and_a_later_format_are_told_apart()
    {
        Assert.Equal(StoreFault.NotFound, Assert.Throws<StoreException>(() => ModelBundle.Read(_folder["nothing"])).Fault);

        Write("m", 1);
        var manifest = Path.Combine(_folder["m"], ModelBundle.ManifestName);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));
        var later = Assert.Throws<StoreException>(() => ModelBundle.Read(_folder["m"]));
        Assert.Equal(StoreFault.Incompatible, later.Fault);
        Assert.Contains("format 2; expected 1", later.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_that_points_outside_its_folder_is_refused()
    {
        Write("m", 1);
        var manifest = Path.Combine(_folder["m"], ModelBundle.ManifestName);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"card.json\"", "\"../card.json\"", StringComparison.Ordinal));

        Assert.Equal(StoreFault.Corrupt, Assert.Throws<StoreException>(() => ModelBundle.Read(_folder["m"])).Fault);
    }

    [Fact]
    public void Mutated_interest_and_table_bytes_are_refused_or_read_but_never_escape_as_anything_else()
    {
        var model = InterestFile.Write(InterestModelTests.Model(true));
        var tables = TableFile.Write(Head().Tables);
        var random = new Random(7); // Fixed: the mutations are the test's data.
        for (var i = 0; i < 3000; i++)
        {
            Mutate(model, random, bytes => InterestFile.Read(bytes));
            Mutate(tables, random, bytes => TableFile.Read(bytes));
        }
    }

    [Fact]
    public void A_folder_in_use_is_left_alone()
    {
        Directory.CreateDirectory(_folder["m"]);
        File.WriteAllText(Path.Combine(_folder["m"], "mine.txt"), "x");

        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => Write("m", 1)).Fault);
        Assert.Equal(["mine.txt"], Directory.EnumerateFiles(_folder["m"]).Select(Path.GetFileName));
    }

    [Fact]
    public void A_card_or_head_that_does_not_fit_is_refused_before_anything_is_written()
    {
        var model = InterestModelTests.Model(true);
        var noSuchBag = new EncoderHead(new byte[] { 9 }, [new PoolingTable(["season"], 3, new float[6])]);

        Assert.Throws<ArgumentException>(() => ModelBundle.Write(_folder["m"], Models.Card(3), model, new byte[1]));
        Assert.Throws<ArgumentException>(() => ModelBundle.Write(_folder["m"], Models.Card(2) with { ModelId = "../x" }, model, new byte[1]));
        Assert.Throws<ArgumentException>(() => ModelBundle.Write(_folder["m"], Models.Card(2), model, new byte[1], noSuchBag));
        Assert.False(Directory.Exists(_folder["m"]));
    }

    private static EncoderHead Head() => new(new byte[] { 9 }, [new PoolingTable(["lifetime", "recent"], 3, new float[] { 1, 2, 3, 4, 5, 6 })]);

    private static void Mutate(byte[] good, Random random, Action<byte[]> read)
    {
        var bytes = good.AsSpan(0, random.Next(3) == 0 ? random.Next(good.Length) : good.Length).ToArray();
        for (var j = random.Next(1, 4); j > 0 && bytes.Length > 0; j--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        try
        {
            read(bytes);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or OverflowException)
        {
            // What ModelBundle.Read turns into its typed fault.
        }
    }

    private ModelBundle Write(string name, byte encoder) =>
        ModelBundle.Write(_folder[name], Models.Card(2, default, Models.Lifetime(), Models.Recent(1, 1)), InterestModelTests.Model(true), new[] { encoder }, Head());
}

using Lurm.Index.Graph;

namespace Lurm.Index.Tests;

public sealed unsafe class SlotOrderTests
{
    [Fact]
    public void A_built_graph_lies_in_the_order_a_walk_reaches_it_and_every_row_kept_its_own()
    {
        const int N = 700, D = 8;
        var options = new HnswOptions { Dimensions = D, MaxLinks = 4, EfConstruction = 40, Storage = VectorStorage.Int8 };
        using var blocks = new GraphBlocks(options, N, N, Quantization.Int8Scales.ForUnitVectors(D));
        for (var slot = 0; slot < N; slot++)
        {
            blocks.SetVector(slot, Row(slot));
            blocks.Keys[slot] = 1000 + slot;
            blocks.Live[slot] = 1;
            blocks.Twins[slot] = slot;
            blocks.Levels[slot] = (byte)Levels.Draw(options, 1000 + slot);
            blocks.UpperStart[slot] = blocks.UpperUsed;
            blocks.UpperUsed += blocks.Levels[slot];
        }

        blocks.Used = N;
        EqualVectors.Chain(blocks);
        GraphBuilder.LinkAll(GraphEngine.For(options.Storage), blocks, 1, null, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, N), SlotOrder.Of(blocks).ToArray());
        Assert.Equal(Enumerable.Range(1000, N).Select(k => (long)k), new ReadOnlySpan<long>(blocks.Keys, N).ToArray().Order());
        var codes = new sbyte[blocks.WalkLength];
        var lists = 0;
        for (var slot = 0; slot < N; slot++)
        {
            var key = blocks.Keys[slot];
            Assert.Equal(Row((int)key - 1000), new ReadOnlySpan<float>(blocks.Vector(slot), D).ToArray());
            fixed (sbyte* expected = codes)
            {
                blocks.Scales!.Encode(blocks.Vector(slot), expected, blocks.WalkLength);
            }

            Assert.Equal(codes, new ReadOnlySpan<sbyte>(blocks.WalkVector(slot), blocks.WalkLength).ToArray());
            Assert.Equal(blocks.IsTwin(slot) ? 255 : Levels.Draw(options, key), blocks.Levels[slot]);
            Assert.True(blocks.LevelOf(slot) == 0 || blocks.UpperStart[slot] == lists);
            lists += blocks.LevelOf(slot);
            for (var level = 1; level <= blocks.LevelOf(slot); level++)
            {
                var links = blocks.LinksOf(slot, level);
                for (var i = 0; i < GraphBlocks.Degree(links, slot, options.MaxLinks); i++)
                {
                    Assert.True(blocks.LevelOf(links[i]) >= level);
                }
            }
        }

        Assert.Equal(lists, blocks.UpperUsed);
    }

    /// <summary>Every seventh row is the one vector that a hundred share.</summary>
    private static float[] Row(int i)
    {
        var random = new Random(i % 7 == 0 ? 0 : i);
        return [.. Enumerable.Range(0, 8).Select(_ => random.NextSingle() - 0.5f)];
    }
}

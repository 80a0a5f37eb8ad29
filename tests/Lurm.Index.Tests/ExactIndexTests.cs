namespace Lurm.Index.Tests;

public class ExactIndexTests : VectorIndexContract
{
    protected override IVectorIndex Create(int dimensions) => new ExactIndex(dimensions);

    [Fact]
    public void Its_answers_are_the_true_ones()
    {
        var vectors = UnitVectors.Clustered(2500, 40, seed: 1);
        using var index = new ExactIndex(40);
        for (var i = 0; i < 2500; i++)
        {
            index.Upsert(i, UnitVectors.Row(vectors, i, 40));
        }

        Assert.Equal(1.0, UnitVectors.Recall(index, vectors, UnitVectors.Clustered(20, 40, seed: 2), 50, 1));
    }
}

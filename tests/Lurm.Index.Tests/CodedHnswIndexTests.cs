namespace Lurm.Index.Tests;

/// <summary>The contract on float16 codes.</summary>
public class Float16HnswIndexTests : VectorIndexContract
{
    protected override IVectorIndex Create(int dimensions) => new HnswIndex(new HnswOptions { Dimensions = dimensions, Storage = VectorStorage.Float16 });
}

/// <summary>The contract on int8 codes.</summary>
public class Int8HnswIndexTests : VectorIndexContract
{
    protected override IVectorIndex Create(int dimensions) => new HnswIndex(new HnswOptions { Dimensions = dimensions, Storage = VectorStorage.Int8 });
}

namespace Lurm.Index.Tests;

public class HnswIndexTests : VectorIndexContract
{
    protected override IVectorIndex Create(int dimensions) => new HnswIndex(new HnswOptions { Dimensions = dimensions });
}

public class HnswIndexFloat16Tests : VectorIndexContract
{
    protected override IVectorIndex Create(int dimensions) => new HnswIndex(new HnswOptions { Dimensions = dimensions, Storage = VectorStorage.Float16 });
}

public class HnswIndexInt8Tests : VectorIndexContract
{
    protected override IVectorIndex Create(int dimensions) => new HnswIndex(new HnswOptions { Dimensions = dimensions, Storage = VectorStorage.Int8 });
}

public class ExactIndexTests : VectorIndexContract
{
    protected override IVectorIndex Create(int dimensions) => new ExactIndex(dimensions);
}

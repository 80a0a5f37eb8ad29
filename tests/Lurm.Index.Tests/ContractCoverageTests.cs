namespace Lurm.Index.Tests;

public class ContractCoverageTests
{
    [Fact]
    public void Every_index_of_the_library_has_a_test_class_under_the_contract()
    {
        var contracts = typeof(VectorIndexContract).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(VectorIndexContract))).Select(t => t.Name).ToList();
        var indexes = typeof(IVectorIndex).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IVectorIndex))).ToList();

        Assert.Equal(2, indexes.Count);
        Assert.All(indexes, index => Assert.Contains(index.Name + "Tests", contracts));
    }
}

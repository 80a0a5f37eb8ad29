namespace Lurm.Training.Tests;

public sealed class TorchProbeTests
{
    [Fact]
    public void A_libtorch_that_does_not_load_is_explained_with_a_way_out()
    {
        var text = TorchProbe.Explain(new TypeInitializationException("torch", new DllNotFoundException("no such library")));
        Assert.StartsWith("libtorch does not load:", text);
        Assert.True(text.Contains("dotnet restore", StringComparison.Ordinal) || text.Contains("rebuild here", StringComparison.Ordinal), text);
        Assert.DoesNotContain("type initializer", text);
    }
}

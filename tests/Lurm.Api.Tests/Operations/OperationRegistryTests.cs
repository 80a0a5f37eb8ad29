using Lurm.Api.Operations;
using Lurm.Api.Security;

namespace Lurm.Api.Tests.Operations;

public sealed class OperationRegistryTests
{
    private const int Callers = 8;
    private const int Each = 500;
    private static readonly Caller Caller = new("tests", LurmRole.Read);

    /// <summary>Ten minutes of mixed load ended in 503 for a few: two callers made room for one operation, and each saw the other's take it.</summary>
    [Fact]
    public async Task Ended_operations_make_room_however_many_callers_start_at_once()
    {
        using var registry = new OperationRegistry(TimeProvider.System);
        using var together = new Barrier(Callers);

        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait(TestContext.Current.CancellationToken);
                for (var i = 0; i < Each; i++)
                {
                    registry.Start("lookalike", Caller).Stop(DateTimeOffset.UnixEpoch);
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        await Task.WhenAll(callers);

        Assert.Equal(1_000, registry.Visible(Caller).Count);
    }

    [Fact]
    public void Beyond_a_thousand_that_run_the_next_is_told_to_come_back()
    {
        using var registry = new OperationRegistry(TimeProvider.System);
        for (var i = 0; i < 1_000; i++)
        {
            registry.Start("lookalike", Caller);
        }

        var busy = Assert.Throws<ApiException>(() => registry.Start("lookalike", Caller));

        Assert.Equal((503, 5), (busy.Status, busy.RetryAfterSeconds));
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Lurm.Api.Tests.Hosting;

public sealed class LurmApplicationTests
{
    /// <summary>A pipe that its reader forgot stopped every audience and every batch of events after some thousand lines: the logger waited for room, and they for the logger.</summary>
    [Fact]
    public async Task A_log_that_nobody_reads_loses_lines_rather_than_stop_the_work()
    {
        using var shop = new Shop();
        await using var app = LurmApplication.Build(shop.Lurm, ["http://127.0.0.1:0"]);

        Assert.Equal(ConsoleLoggerQueueFullMode.DropWrite, app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.QueueFullMode);
    }
}

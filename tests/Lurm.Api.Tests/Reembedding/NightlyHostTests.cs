using Lurm.Api.Tests.Samples;
using Lurm.Store;

namespace Lurm.Api.Tests.Reembedding;

/// <summary>samples/NightlyHost, as its own process.</summary>
public sealed class NightlyHostTests
{
    [Fact]
    public async Task The_sample_host_embeds_what_came_while_it_was_down()
    {
        using var shop = new Shop();
        var token = TestContext.Current.CancellationToken;
        shop.Lurm.Ingest([new BehaviourEvent { User = "newcomer", Item = "tea-1", Time = DateTimeOffset.UnixEpoch.AddYears(55) }], "later", cancellationToken: token);
        using var host = SampleProcess.Start("NightlyHost", "--Database", shop.Folder, "--At", "03:00");
        try
        {
            string? line;
            do
            {
                line = await host.StandardOutput.ReadLineAsync(token);
            }
            while (line is not null && !line.Contains("Embedded", StringComparison.Ordinal));

            Assert.Contains("Embedded 1 users into generation 1", line, StringComparison.Ordinal);
        }
        finally
        {
            host.Kill();
        }

        using var reader = LurmDatabase.Open(shop.Folder);
        Assert.NotEmpty(reader.Similar("newcomer", cancellationToken: token));
    }
}

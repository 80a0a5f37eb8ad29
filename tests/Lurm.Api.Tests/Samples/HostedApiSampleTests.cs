using System.Globalization;

namespace Lurm.Api.Tests.Samples;

public sealed class HostedApiSampleTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Its_own_endpoint_and_Lurms_answer_side_by_side()
    {
        var token = TestContext.Current.CancellationToken;
        using var process = SampleProcess.Start("HostedApi", "--urls", "http://127.0.0.1:0", "--Lurm:Database", _shop.Folder);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(await AddressAsync(process.StandardOutput, token)) };

            Assert.Equal(Shop.Users.ToString(CultureInfo.InvariantCulture), await client.GetStringAsync(new Uri("odata/Users/$count", UriKind.Relative), token));
            Assert.Contains("\"score\":", await client.GetStringAsync(new Uri("customers/u004/like", UriKind.Relative), token), StringComparison.Ordinal);
            using var unknown = await client.GetAsync(new Uri("customers/nobody/like", UriKind.Relative), token);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, unknown.StatusCode);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<string> AddressAsync(StreamReader output, CancellationToken cancellationToken)
    {
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.IndexOf("http://127.0.0.1:", StringComparison.Ordinal) is var at and >= 0)
            {
                return line[at..].Trim() + "/";
            }
        }

        throw new InvalidOperationException("The sample ended before it listened.");
    }
}

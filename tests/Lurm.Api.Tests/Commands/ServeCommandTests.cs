using System.Runtime.InteropServices;

namespace Lurm.Api.Tests.Commands;

public sealed partial class ServeCommandTests
{
    private const int Sigterm = 15;

    [Fact]
    public async Task Serve_answers_says_where_and_stops_cleanly_when_asked()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends a POSIX signal");
        using var shop = new Shop();
        using var process = Cli.Start("serve", shop.Folder, "--urls", "http://127.0.0.1:0");
        try
        {
            var token = TestContext.Current.CancellationToken;
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(token);
            }
            while (line is not null && !line.StartsWith("Serving", StringComparison.Ordinal));

            var address = line!.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal));
            using var client = new HttpClient();
            Assert.Equal(Shop.Users.ToString(System.Globalization.CultureInfo.InvariantCulture), await client.GetStringAsync(new Uri(address + "Users/$count"), token));

            Assert.Equal(0, Kill(process.Id, Sigterm));
            await process.WaitForExitAsync(token);
            Assert.Equal(0, process.ExitCode);
            Assert.Empty(await process.StandardError.ReadToEndAsync(token));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        using var again = Store.LurmDatabase.Open(shop.Folder);
        Assert.True(again.Check(cancellationToken: TestContext.Current.CancellationToken).IsClean);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}

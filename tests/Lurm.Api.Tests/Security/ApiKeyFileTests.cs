using Lurm.Api.Security;
using Lurm.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lurm.Api.Tests.Security;

public sealed class ApiKeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Clock _clock = new();
    private readonly string _first = ApiKey.NewSecret();
    private readonly string _second = ApiKey.NewSecret();
    private int _writes;

    private string Path => _folder["keys.txt"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_added_or_removed_counts_within_a_second_without_a_restart()
    {
        Write($"a read {ApiKey.HashOf(_first)}");
        var keys = new ApiKeyFile(Path, _clock, NullLogger<ApiKeyFile>.Instance);

        Write($"b admin {ApiKey.HashOf(_second)}");
        Assert.True(keys.TryFind(_first, out _));
        _clock.Pass(TimeSpan.FromSeconds(1));

        Assert.False(keys.TryFind(_first, out _));
        Assert.True(keys.TryFind(_second, out var key));
        Assert.Equal(("b", LurmRole.Admin), (key!.Name, key.Role));
    }

    [Theory]
    [InlineData("only two")]
    [InlineData("")]
    public void A_file_that_cannot_be_read_leaves_the_keys_as_they_were(string text)
    {
        Write($"a read {ApiKey.HashOf(_first)}");
        var keys = new ApiKeyFile(Path, _clock, NullLogger<ApiKeyFile>.Instance);

        Write(text);
        _clock.Pass(TimeSpan.FromSeconds(2));

        Assert.True(keys.TryFind(_first, out _));
    }

    private void Write(string text)
    {
        File.WriteAllText(Path, text + "\n");

        // Two writes within one tick of the file system's clock would look like one.
        File.SetLastWriteTimeUtc(Path, new DateTime(2026, 1, 1, 0, 0, ++_writes, DateTimeKind.Utc));
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}

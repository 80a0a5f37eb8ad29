using System.Collections.Concurrent;
using System.Diagnostics;

namespace Lurm.Api.Tests.Metrics;

public sealed class TracesTests(ShopServer shop) : IClassFixture<ShopServer>
{
    [Fact]
    public async Task Each_request_is_a_span_that_names_the_operation_and_no_user()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Lurm",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);

        await shop.Server.GetAsync("odata/Users('u204')/Lurm.Similar(k=2)");
        await shop.Server.GetAsync("odata/Users('u204')/Nope");

        Assert.Contains(spans, span => span.DisplayName == "Users(id)/Lurm.Similar" && 200.Equals(span.GetTagItem("http.response.status_code")));
        Assert.Contains(spans, span => 404.Equals(span.GetTagItem("http.response.status_code")));
        Assert.All(spans, span => Assert.DoesNotContain("u204", span.DisplayName + string.Join(' ', span.TagObjects), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_count_requests_by_operation_and_status()
    {
        await shop.Server.GetAsync("odata/Users('u004')/Lurm.Similar(k=2)");

        var text = (await shop.Server.GetAsync("metrics")).Text;

        Assert.Matches("""lurm_requests_duration_seconds_count\{operation="Users\(id\)/Lurm.Similar",status="200"\} [1-9]""", text);
        Assert.DoesNotContain("u004", text, StringComparison.Ordinal);
    }
}

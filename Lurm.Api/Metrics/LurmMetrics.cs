using System.Diagnostics.Metrics;
using Lurm.Store;

namespace Lurm.Api.Metrics;

/// <summary>What the API measures, under the meter <c>Lurm</c>; any OpenTelemetry exporter of the host can collect it, <c>/metrics</c> prints it.</summary>
internal sealed class LurmMetrics : IDisposable
{
    public const string MeterName = "Lurm";

    private readonly Meter _meter;
    private readonly Histogram<double> _requests;
    private readonly Counter<long> _events;

    public LurmMetrics(IMeterFactory factory, LurmDatabase lurm, TimeProvider time)
    {
        _meter = factory.Create(MeterName);
        _requests = _meter.CreateHistogram("lurm.requests.duration", "s", "Requests by operation and status", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
        });
        _events = _meter.CreateCounter<long>("lurm.events", "{event}", "Events taken in");
        _meter.CreateObservableGauge(
            "lurm.embedding.age",
            () => lurm.LastEmbedding is { } run ? [new Measurement<double>((time.GetUtcNow() - run.EndedAt).TotalSeconds)] : Array.Empty<Measurement<double>>(),
            "s",
            "Since the last embedding of the published generation ended");
        _meter.CreateObservableGauge("lurm.embedding.fallback", () => lurm.LastEmbedding?.Fallback is null ? 0L : 1L, description: "1: the last embedding ran on the processor although a GPU was asked for first");
        _meter.CreateObservableGauge("lurm.erasures.pending", () => lurm.PendingErasures, "{erasure}", "Erasures whose last trace is not gone yet");
    }

    public Meter Meter => _meter;

    public void RequestEnded(string operation, int status, TimeSpan elapsed) =>
        _requests.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("status", status));

    public void EventsTaken(long events) => _events.Add(events);

    public void Dispose() => _meter.Dispose();
}

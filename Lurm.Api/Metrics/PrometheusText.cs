using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Lurm.Api.Metrics;

/// <summary>Listens to the meter <c>Lurm</c> and the runtime's own, and prints them in the Prometheus text format 0.0.4.</summary>
/// <remarks>The OpenTelemetry exporter for Prometheus exists as a pre-release only, so the few kinds that Lurm uses are written here.</remarks>
internal sealed class PrometheusText : IDisposable
{
    private static readonly string[] Meters = [LurmMetrics.MeterName, "System.Runtime"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> _series = new();

    public PrometheusText(LurmMetrics metrics)
    {
        _ = metrics.Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in _series.GroupBy(pair => pair.Key.Instrument).OrderBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            var name = NameOf(group.Key);
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {group.Key.Description}\n# TYPE {name} {KindOf(group.Key)}\n");
            foreach (var ((_, labels), series) in group.OrderBy(pair => pair.Key.Labels, StringComparer.Ordinal))
            {
                series.Write(text, name, labels);
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static string NameOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        name = instrument.Unit is "s" or "By" ? $"{name}_{(instrument.Unit == "s" ? "seconds" : "bytes")}" : name;
        return KindOf(instrument) == "counter" ? name + "_total" : name;
    }

    private static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.Contains("Counter", StringComparison.Ordinal) && !type.Contains("UpDown", StringComparison.Ordinal) ? "counter"
            : "gauge";
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (name, tag) in tags)
        {
            var text = Convert.ToString(tag, CultureInfo.InvariantCulture)?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            labels.Append(CultureInfo.InvariantCulture, $"{(labels.Length > 0 ? "," : string.Empty)}{name.Replace('.', '_')}=\"{text}\"");
        }

        _series.GetOrAdd((instrument, labels.ToString()), key => new Series(key.Instrument)).Take(value);
    }

    private sealed class Series(Instrument instrument)
    {
        private readonly IReadOnlyList<double>? _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries;
        private readonly long[] _buckets = new long[((instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.Count ?? 0) + 1];
        private readonly Lock _gate = new();
        private double _sum;

        public void Take(double value)
        {
            lock (_gate)
            {
                if (_bounds is not null)
                {
                    var bucket = 0;
                    while (bucket < _bounds.Count && value > _bounds[bucket])
                    {
                        bucket++;
                    }

                    _buckets[bucket]++;
                    _sum += value;
                    return;
                }

                _sum = instrument.IsObservable || KindOf(instrument) == "gauge" && !instrument.GetType().Name.StartsWith("UpDown", StringComparison.Ordinal) ? value : _sum + value;
            }
        }

        public void Write(StringBuilder text, string name, string labels)
        {
            lock (_gate)
            {
                if (_bounds is null)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{Braces(labels)} {_sum}\n");
                    return;
                }

                long count = 0;
                for (var bucket = 0; bucket < _buckets.Length; bucket++)
                {
                    count += _buckets[bucket];
                    var bound = bucket < _bounds.Count ? _bounds[bucket].ToString(CultureInfo.InvariantCulture) : "+Inf";
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{Braces(labels.Length > 0 ? $"{labels},le=\"{bound}\"" : $"le=\"{bound}\"")} {count}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{name}_sum{Braces(labels)} {_sum}\n{name}_count{Braces(labels)} {count}\n");
            }
        }

        private static string Braces(string labels) => labels.Length > 0 ? $"{{{labels}}}" : string.Empty;
    }
}

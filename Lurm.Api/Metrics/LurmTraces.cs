using System.Diagnostics;

namespace Lurm.Api.Metrics;

/// <summary>A span for each request, from the activity source <c>Lurm</c>; a host's OpenTelemetry collects it with <c>AddSource("Lurm")</c>.</summary>
/// <remarks>Costs nothing while nobody listens. Spans name the operation, never a user.</remarks>
internal static class LurmTraces
{
    private static readonly ActivitySource Source = new(LurmMetrics.MeterName);

    public static Activity? Start() => Source.StartActivity("lurm.request");

    public static void End(Activity? activity, string operation, int status)
    {
        if (activity is null)
        {
            return;
        }

        activity.DisplayName = operation;
        activity.SetTag("lurm.operation", operation);
        activity.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}

using Lurm.Api.Operations;
using Lurm.Store;

namespace Lurm.Api.Hosting;

/// <summary><c>/health/live</c> says that the process answers, <c>/health/ready</c> that it can answer queries, and why not.</summary>
internal static class HealthEndpoints
{
    // What the index itself says names files of the server.
    private static readonly string[] Fallback = ["the index in memory was built from the representations, since its snapshot is missing or damaged: run lurm check --repair"];

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Json(new { status = "live" })).ExcludeFromDescription();
        endpoints.MapGet("/health/ready", Ready).ExcludeFromDescription();
    }

    private static IResult Ready(LurmDatabase lurm, HeavyWork heavy, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        try
        {
            if (!lurm.TryGetActiveModel(out _))
            {
                reasons.Add("there is no published model: run lurm-train fit, then lurm embed");
            }
        }
        catch (StoreException fault)
        {
            reasons.Add(fault.Message);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Results.Json(
            new { status = reasons.Count == 0 ? "ready" : "not ready", reasons, notes = lurm.IndexFallback is null ? Array.Empty<string>() : Fallback, heavyRequests = heavy.Inside },
            statusCode: reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

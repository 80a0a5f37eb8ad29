using System.Globalization;
using Lurm.Api.Operations;
using Lurm.Store;

namespace Lurm.Api.Hosting;

/// <summary><c>/health/live</c> says that the process answers, <c>/health/ready</c> that it can answer queries, and why not.</summary>
internal static class HealthEndpoints
{
    // Said to anyone who asks: what the index and the encoder say themselves names files of the server.
    private const string IndexFallback = "the index in memory was built from the representations, since its snapshot is missing or damaged: run lurm check --repair";
    private const string EncoderFallback = "the last embedding ran on the processor although a GPU was asked for first: lurm stats has the reason";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Json(new { status = "live" })).ExcludeFromDescription();
        endpoints.MapGet("/health/ready", Ready).ExcludeFromDescription();
    }

    private static IResult Ready(HttpContext http, LurmDatabase lurm, HeavyWork heavy, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        var notes = new List<string>();
        try
        {
            if (!lurm.TryGetActiveModel(out _))
            {
                reasons.Add("there is no published model: run lurm-train fit, then lurm embed");
            }

            notes.AddRange(Notes(lurm));
        }
        catch (StoreException fault)
        {
            reasons.Add(Problems.Of(fault, http.TraceIdentifier).Without(lurm.Folder).Message);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Results.Json(
            new { status = reasons.Count == 0 ? "ready" : "not ready", reasons, notes, heavyRequests = heavy.Inside },
            statusCode: reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>What does not keep queries from being answered, and should not stay so.</summary>
    private static IEnumerable<string> Notes(LurmDatabase lurm)
    {
        if (lurm.IndexFallback is not null)
        {
            yield return IndexFallback;
        }

        if (lurm.LastEmbedding?.Fallback is not null)
        {
            yield return EncoderFallback;
        }

        if (lurm.PendingErasures is > 0 and var pending)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{pending} erasures are pending: not every trace is gone from every file yet");
        }
    }
}

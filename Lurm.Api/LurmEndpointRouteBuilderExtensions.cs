using Lurm.Api.Hosting;
using Lurm.Api.Ingestion;
using Lurm.Api.Metrics;
using Lurm.Api.OData;
using Lurm.Api.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Lurm.Api;

/// <summary>Where Lurm answers.</summary>
public static class LurmEndpointRouteBuilderExtensions
{
    /// <summary>Maps the OData service under <paramref name="prefix"/>, and <c>/events</c>, <c>/health/live</c>, <c>/health/ready</c>, <c>/metrics</c>, <c>/openapi/v1.json</c> and its page <c>/reference</c>.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">The service's path, beginning with a slash.</param>
    /// <returns>The OData endpoint, for conventions of the host such as CORS.</returns>
    public static IEndpointConventionBuilder MapLurm(this IEndpointRouteBuilder endpoints, string prefix = "/odata")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        prefix = "/" + prefix.Trim('/');
        var services = endpoints.ServiceProvider;
        var odata = services.GetRequiredService<ODataEndpoint>();
        var events = services.GetRequiredService<EventsEndpoint>();
        var metrics = services.GetRequiredService<PrometheusText>();
        var most = services.GetRequiredService<IOptions<LurmApiOptions>>().Value.MaxBodyBytes;
        endpoints.Map("/events", events.InvokeAsync);
        HealthEndpoints.Map(endpoints);
        OpenApiDocument.Map(endpoints, prefix);
        endpoints.MapScalarApiReference("/reference", page => page.WithTitle("Lurm").WithOpenApiRoutePattern(OpenApiDocument.Path));
        endpoints.MapGet("/metrics", async (HttpContext http, Authenticator authenticator, RequestLimits limits) =>
        {
            try
            {
                var caller = await authenticator.AuthenticateAsync(http);
                limits.Admit(caller, http);
                caller.Require(LurmRole.Aggregate);
                http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                await http.Response.WriteAsync(metrics.Write(), http.RequestAborted);
            }
            catch (ApiException refused)
            {
                await Problems.WriteAsync(http, Problems.Of(refused, http.TraceIdentifier));
            }
        });
        return endpoints.Map(prefix + "/{**path}", http =>
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = most;
            }

            return odata.InvokeAsync(http, prefix);
        });
    }
}

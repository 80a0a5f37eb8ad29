using Lurm.Api.Ingestion;
using Lurm.Api.Metrics;
using Lurm.Api.OData;
using Lurm.Api.Operations;
using Lurm.Api.Reembedding;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Lurm.Api;

/// <summary>Lurm in any ASP.NET Core application.</summary>
public static class LurmServiceCollectionExtensions
{
    /// <summary>Adds a Lurm database and what serves it; then <see cref="LurmEndpointRouteBuilderExtensions.MapLurm"/> maps it.</summary>
    /// <param name="services">The application's services. A <see cref="LurmDatabase"/> among them is used; else the folder is opened once, and closed with the application.</param>
    /// <param name="configure">After the section <c>Lurm</c> of the configuration was read.</param>
    public static IServiceCollection AddLurm(this IServiceCollection services, Action<LurmApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<LurmApiOptions>().BindConfiguration("Lurm");
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddSingleton<IValidateOptions<LurmApiOptions>, LurmApiOptionsValidator>();
        options.ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => LurmDatabase.Open(provider.GetRequiredService<IOptions<LurmApiOptions>>().Value.Database));
        services.AddMetrics();
        services.AddSingleton<LurmMetrics>();
        services.AddSingleton<PrometheusText>();
        services.AddSingleton(provider => new ApiKeyFile(
            provider.GetRequiredService<IOptions<LurmApiOptions>>().Value.ApiKeysFile!, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ApiKeyFile>>()));
        services.AddSingleton<Authenticator>();
        services.AddSingleton<RequestLimits>();
        services.AddHostedService<OpenServerGuard>();
        services.AddSingleton<HeavyWork>();
        services.AddHostedService(provider => provider.GetRequiredService<HeavyWork>());
        services.AddHostedService<ReembeddingService>();
        services.AddSingleton<OperationRegistry>();
        services.AddSingleton<EventsEndpoint>();
        AddOData(services);
        return services;
    }

    private static void AddOData(IServiceCollection services)
    {
        services.AddSingleton<LurmModelCache>();
        services.AddSingleton<CatalogCache>();
        services.AddSingleton<FilterCache>();
        services.AddSingleton<RenderedUsers>();
        services.AddSingleton<LookalikeHandler>();
        services.AddSingleton<AudiencesHandler>();
        services.AddSingleton<CatalogHandler>();
        services.AddSingleton<OperationsHandler>();
        services.AddSingleton<ODataDispatcher>();
        services.AddSingleton<ODataBatch>();
        services.AddSingleton<ODataEndpoint>();
    }
}

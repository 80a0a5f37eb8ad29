using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Lurm.Api.Security;

/// <summary>How often one caller may ask: a token bucket each, where <see cref="LurmApiOptions.RequestsPerSecond"/> is set.</summary>
internal sealed class RequestLimits : IDisposable
{
    private readonly PartitionedRateLimiter<string>? _limiter;

    public RequestLimits(IOptions<LurmApiOptions> options)
    {
        var perSecond = options.Value.RequestsPerSecond;
        if (perSecond == 0)
        {
            return;
        }

        _limiter = PartitionedRateLimiter.Create<string, string>(caller => RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 2 * perSecond,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));
    }

    /// <exception cref="ApiException">429: too many.</exception>
    public void Admit(Caller caller, HttpContext http)
    {
        if (_limiter is null)
        {
            return;
        }

        var name = caller.Name == "local" ? http.Connection.RemoteIpAddress?.ToString() ?? "local" : caller.Name;
        using var lease = _limiter.AttemptAcquire(name);
        if (!lease.IsAcquired)
        {
            throw new ApiException(StatusCodes.Status429TooManyRequests, "TooManyRequests", "This caller asks more often than this server allows.") { RetryAfterSeconds = 1 };
        }
    }

    public void Dispose() => _limiter?.Dispose();
}

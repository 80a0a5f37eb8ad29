namespace Lurm.Api;

/// <summary>A request that cannot be answered as asked; becomes an OData error or a problem, never a stack trace.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">A word for programs, stable.</param>
/// <param name="message">Found, expected, where, what next.</param>
internal sealed class ApiException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>The parameter, property or option it is about, if one is.</summary>
    public string? Target { get; init; }

    /// <summary>When to come back, in seconds; for 429 and 503.</summary>
    public int? RetryAfterSeconds { get; init; }

    public static ApiException Invalid(string message, string? target = null) =>
        new(StatusCodes.Status400BadRequest, "Invalid", message) { Target = target };

    public static ApiException NotFound(string message) => new(StatusCodes.Status404NotFound, "NotFound", message);
}

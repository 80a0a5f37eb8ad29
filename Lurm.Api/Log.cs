namespace Lurm.Api;

/// <summary>What the API writes to its log: event ids 3xxx, and never a user id.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Error, "{Method} {Route} failed, trace {TraceId}")]
    public static partial void RequestFailed(this ILogger logger, Exception fault, string method, string route, string traceId);

    [LoggerMessage(3002, LogLevel.Information, "Serving {Folder}: {Users} users, model {ModelId}")]
    public static partial void Serving(this ILogger logger, string folder, long users, string? modelId);

    [LoggerMessage(3003, LogLevel.Information, "Read {Keys} API keys from {File}")]
    public static partial void KeysRead(this ILogger logger, int keys, string file);

    [LoggerMessage(3004, LogLevel.Warning, "The API key file {File} could not be read again; the keys read before still stand")]
    public static partial void KeysNotRead(this ILogger logger, Exception fault, string file);

    [LoggerMessage(3005, LogLevel.Information, "Operation {Id} ({Kind}) ended as {State} after {Milliseconds} ms")]
    public static partial void OperationEnded(this ILogger logger, string id, string kind, string state, long milliseconds);

    [LoggerMessage(3020, LogLevel.Information, "Re-embedded {Users} users with model {ModelId} into generation {Generation} in {Milliseconds} ms")]
    public static partial void Reembedded(this ILogger logger, long users, string modelId, long generation, long milliseconds);

    [LoggerMessage(3023, LogLevel.Warning, "The processor ran the encoder although a GPU was asked for first: {Reason}")]
    public static partial void ReembeddedOnProcessor(this ILogger logger, string reason);

    [LoggerMessage(3021, LogLevel.Information, "Left re-embedding to another: {Reason}")]
    public static partial void ReembeddingElsewhere(this ILogger logger, string reason);

    [LoggerMessage(3022, LogLevel.Error, "Re-embedding failed; queries go on with the last generation, and the next run tries again")]
    public static partial void ReembeddingFailed(this ILogger logger, Exception fault);
}

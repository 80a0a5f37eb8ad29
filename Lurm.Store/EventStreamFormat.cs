namespace Lurm.Store;

/// <summary>What a stream of events is written in; a gzip stream is recognised by itself.</summary>
public enum EventStreamFormat
{
    /// <summary>One JSON object a line: <c>{"user","item","time","kind"?,"weight"?,"title"?,"category"?,"attributes"?}</c>.</summary>
    Ndjson,

    /// <summary>Comma-separated with a header line of those names.</summary>
    Csv,
}

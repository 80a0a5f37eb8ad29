namespace Lurm.Index;

/// <summary>A fault of the index's files or machine; arguments throw the BCL's exceptions instead.</summary>
/// <param name="fault">What went wrong, for a switch.</param>
/// <param name="message">Found, expected, where, and what to do.</param>
/// <param name="innerException">The cause, if another exception was it.</param>
public sealed class IndexException(IndexFault fault, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What went wrong.</summary>
    public IndexFault Fault { get; } = fault;
}

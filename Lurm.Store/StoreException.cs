namespace Lurm.Store;

/// <summary>A fault of the database, its files or what was asked of it; plain arguments throw the BCL's exceptions instead.</summary>
/// <param name="fault">What went wrong, for a switch.</param>
/// <param name="message">Found, expected, where, and what to do.</param>
/// <param name="innerException">The cause, if another exception was it.</param>
public sealed class StoreException(StoreFault fault, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What went wrong.</summary>
    public StoreFault Fault { get; } = fault;
}

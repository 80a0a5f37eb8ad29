namespace Lurm.Api.Commands;

/// <summary>The command line is wrong in a way that the parser cannot see; its message says what was found and expected.</summary>
internal sealed class UsageException(string message) : Exception(message);

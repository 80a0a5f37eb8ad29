namespace Lurm.Api;

/// <summary>What a fault tells the caller.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">A word for programs.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Target">What it is about, if one thing is.</param>
/// <param name="RetryAfterSeconds">When to come back, if that helps.</param>
internal sealed record Problem(int Status, string Code, string Message, string? Target = null, int? RetryAfterSeconds = null)
{
    /// <summary>The same without the server's own paths, which are no caller's business.</summary>
    /// <param name="folder">The database's folder.</param>
    public Problem Without(string folder) => this with { Message = Message.Replace($"'{folder}'", "the database", StringComparison.Ordinal).Replace(folder, "…", StringComparison.Ordinal) };
}

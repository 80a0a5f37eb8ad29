namespace Lurm.Store;

/// <summary>Something a check found.</summary>
/// <param name="Area">Where: file, histories, users, attributes, audit, representations, index.</param>
/// <param name="Message">Found, expected, and what to do.</param>
/// <param name="IsRepaired">Whether this run put it right.</param>
public sealed record CheckProblem(string Area, string Message, bool IsRepaired);

using System.Text.Json.Serialization;
using Lurm.Store.Sqlite;

namespace Lurm.Store;

/// <summary>The last embedding of a generation, in whichever process or on whichever machine it ran.</summary>
public sealed class EmbeddingRun
{
    [JsonConstructor]
    internal EmbeddingRun(DateTimeOffset endedAt, long embedded, string device, string? fallback)
    {
        EndedAt = endedAt;
        Embedded = embedded;
        Device = device;
        Fallback = fallback;
    }

    /// <summary>When its last representation was written.</summary>
    public DateTimeOffset EndedAt { get; }

    /// <summary>Users it encoded.</summary>
    public long Embedded { get; }

    /// <summary>Where its encoder ran, in words that begin with <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; }

    /// <summary>Why the processor ran it although a GPU was asked for first; else null.</summary>
    public string? Fallback { get; }

    internal static void Note(Session session, long generation, EmbeddingRun run)
    {
        using var statement = session.Prepare("INSERT OR REPLACE INTO embeddings (generation, ended_at, embedded, device, fallback) VALUES (?1, ?2, ?3, ?4, ?5)");
        statement.Bind(1, generation).Bind(2, run.EndedAt.ToUnixTimeMilliseconds()).Bind(3, run.Embedded).BindText(4, run.Device).BindText(5, run.Fallback).Run();
    }

    /// <summary>That of the published generation; null before the first.</summary>
    internal static EmbeddingRun? OfPublished(Session session)
    {
        using var statement = session.Prepare("SELECT ended_at, embedded, device, fallback FROM embeddings JOIN generations USING (generation) WHERE state = 'published'");
        return statement.Step()
            ? new EmbeddingRun(DateTimeOffset.FromUnixTimeMilliseconds(statement.Int64(0)), statement.Int64(1), statement.Text(2)!, statement.Text(3))
            : null;
    }
}

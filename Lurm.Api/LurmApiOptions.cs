using System.ComponentModel.DataAnnotations;
using Lurm.Store;
using Microsoft.Extensions.Options;

namespace Lurm.Api;

/// <summary>How a Lurm database is served. Bound from the section <c>Lurm</c> of the configuration, then from code; checked once, at start-up.</summary>
public sealed class LurmApiOptions
{
    /// <summary>The database's folder.</summary>
    [Required]
    public string Database { get; set; } = string.Empty;

    /// <summary>The file with hashed API keys, one a line, as <c>lurm key</c> writes it. Read again when it changes, so keys rotate without a restart.</summary>
    public string? ApiKeysFile { get; set; }

    /// <summary>JWT bearer tokens as a second way in; none by default.</summary>
    public LurmJwtOptions? Jwt { get; set; }

    /// <summary>Entities a page has when the request does not say. Default 100.</summary>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 100;

    /// <summary>The most entities of one page. Default 1,000; a larger <c>$top</c> is paged, <c>odata.maxpagesize</c> above it is lowered.</summary>
    [Range(1, 10_000)]
    public int MaxPageSize { get; set; } = 1_000;

    /// <summary>The most users one similarity request may return. Default 10,000, the most that a search gives.</summary>
    [Range(1, SimilarQuery.MaxK)]
    public int MaxSimilar { get; set; } = 10_000;

    /// <summary>The fewest matched seeds of a lookalike request; fewer are refused, so that no audience describes a person. Default 25.</summary>
    [Range(1, 100_000)]
    public int MinimumSeeds { get; set; } = 25;

    /// <summary>The fewest members of a lookalike audience; a smaller one is refused. Default 50.</summary>
    [Range(1, 100_000)]
    public int MinimumMembers { get; set; } = 50;

    /// <summary>The most seeds of one lookalike request. Default 500,000.</summary>
    [Range(1, 5_000_000)]
    public int MaxSeeds { get; set; } = 500_000;

    /// <summary>The largest body of a request other than <c>POST /events</c>, in bytes. Default 32 MiB: 500,000 seeds of 60 bytes.</summary>
    [Range(1_024, 1_073_741_824)]
    public long MaxBodyBytes { get; set; } = 32L << 20;

    /// <summary>
    /// The largest body of <c>POST /events</c>, in bytes. None by default: it is streamed, so memory is no reason for one. The disk may be, since the
    /// rows are spooled before they are applied.
    /// </summary>
    [Range(1_024, long.MaxValue)]
    public long? MaxEventsBytes { get; set; }

    /// <summary>How many heavy requests (lookalike, ingestion, refresh, filters over histories) run at once. Default: half of the processors.</summary>
    [Range(1, 1_024)]
    public int HeavyWorkers { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many heavy requests may wait; one more is answered 503 with Retry-After. Default 16.</summary>
    [Range(0, 10_000)]
    public int HeavyQueue { get; set; } = 16;

    /// <summary>Requests per second one caller (key, token or address) may make on average, in bursts of twice as many; more is 429. 0, the default, is no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }

    /// <summary>When the server embeds by itself; never by default.</summary>
    [ValidateObjectMembers]
    public LurmReembeddingOptions Reembedding { get; set; } = new();
}

using System.CommandLine;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm similar</c>.</summary>
internal static class SimilarCommand
{
    private const int ShownInterests = 3;

    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var user = new Argument<string>("USER") { Description = "The user's id." };
        var k = new Option<int>("--k", "-k") { Description = "How many.", DefaultValueFactory = _ => 10 }.Between(1, SimilarQuery.MaxK);
        var filter = CommandExtensions.Filter();
        var respect = new Option<int[]>("--respect")
        {
            Description = "Compare in these interests only (numbers, as --explain and 'lurm stats' name them).",
            HelpName = "INTEREST",
            AllowMultipleArgumentsPerToken = true,
        };
        var recent = new Option<bool>("--recent") { Description = "Compare recent behaviour only." };
        var explain = new Option<bool>("--explain") { Description = "Name the interests that both share." };
        var json = CommandExtensions.Json();
        return new Command("similar", "The users most like one user, nearest first.") { database, user, k, filter, respect, recent, explain, json }
            .Does((parsed, cancellationToken) =>
            {
                var query = new SimilarQuery
                {
                    UserId = parsed.GetRequiredValue(user),
                    K = parsed.GetValue(k),
                    Filter = parsed.GetFilter(filter),
                    Respect = parsed.GetValue(respect) is { Length: > 0 } interests ? interests : null,
                    Recent = parsed.GetValue(recent),
                    Explain = parsed.GetValue(explain),
                };
                using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
                var result = lurm.Similar(query, cancellationToken);
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write<object>(shell, query.Explain ? result.Users : result.Users.Select(near => new { id = near.Id, score = near.Score }));
                    return;
                }

                TextTable.Write(
                    shell.Output,
                    query.Explain ? ["user", "score", "shared interests"] : ["user", "score"],
                    result.Users.Select(near => (IReadOnlyList<object?>)(query.Explain
                        ? [near.Id, near.Score, Shared(near)]
                        : [near.Id, near.Score])));
            });
    }

    /// <summary>The strongest few, each by its first words; <c>--json</c> has all.</summary>
    private static string Shared(SimilarUser near)
    {
        var labels = near.SharedInterests.Take(ShownInterests).Select(shared => shared.Label.Split(" · ")[0]);
        var more = near.SharedInterests.Count - ShownInterests;
        return string.Join("; ", labels) + (more > 0 ? $"; and {more} more" : string.Empty);
    }
}

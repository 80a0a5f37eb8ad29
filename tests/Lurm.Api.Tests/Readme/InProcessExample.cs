using Lurm.Store;

namespace Lurm.Api.Tests.Readme;

/// <summary>The README's in-process example: compiled here, compared with the README, and run from the packages in an empty console app.</summary>
internal static class InProcessExample
{
    public static void Run()
    {
        // <readme>
        using var lurm = LurmDatabase.Open("shop.lurm");

        // Exactly once per batch id, however often it is sent.
        lurm.Ingest([new BehaviourEvent { User = "anna", Item = "tea-1", Time = DateTimeOffset.UtcNow }], batchId: "2026-11-23");
        lurm.Embed();

        foreach (var near in lurm.Similar("anna", k: 5, UserFilter.Parse("Country eq 'France'")))
        {
            Console.WriteLine($"{near.Id} {near.Score:F3}");
        }

        var audience = lurm.Lookalike(new LookalikeQuery
        {
            Seeds = ["anna", "u002", "u004"],
            Size = AudienceSize.Percent(10),
        });
        Console.WriteLine($"{audience.Members.Count} users are like these {audience.MatchedSeeds}");

        lurm.Erase(["anna"]);
        // </readme>
    }
}

namespace Lurm.Training.Samples;

/// <summary>What <c>lurm-train sample</c> makes; the same options give the same bytes.</summary>
/// <remarks>The shape of the data (how strong personas are, how many switch) is fixed in code, so that nobody measured on it can tune it.</remarks>
internal sealed record SampleOptions
{
    /// <summary>Shoppers, 1 to 100 million; memory is about 70 bytes each.</summary>
    public int Users { get; init; } = 20_000;

    /// <summary>Calendar months the log covers, 1 to 600, from January 2023.</summary>
    public int Months { get; init; } = 24;

    /// <summary>Events; none: 50 per user.</summary>
    public long? Events { get; init; }

    /// <summary>Items of the catalogue, 10 to 10 million; memory is about 200 bytes each.</summary>
    public int Items { get; init; } = 20_000;

    /// <summary>The seed of everything random.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Events that will be written.</summary>
    public long EventCount => Events ?? 50L * Users;

    /// <summary>Throws where a value is out of its bounds.</summary>
    public void Validate()
    {
        Check(Users, 1, 100_000_000, "--users");
        Check(Months, 1, 600, "--months");
        Check(Items, 10, 10_000_000, "--items");
        Check(EventCount, 1, 100_000_000_000, "--events");
    }

    private static void Check(long value, long lowest, long highest, string option)
    {
        if (value < lowest || value > highest)
        {
            throw new ArgumentException($"{option} is {value}; expected {lowest} to {highest}");
        }
    }
}

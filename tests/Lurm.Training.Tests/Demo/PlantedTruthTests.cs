using Lurm.TestKit;
using Lurm.Training.Demo;

namespace Lurm.Training.Tests.Demo;

public sealed class PlantedTruthTests
{
    // Four cooks and six others.
    private static readonly PlantedTruth Truth = new(Enumerable.Range(0, 10).Select(i => KeyValuePair.Create($"u{i}", i < 4 ? "cook" : i < 7 ? "reader" : "parent")));

    [Fact]
    public void Lift_compares_with_all_but_the_seeds()
    {
        // Without the two seeds 2 of 8 are cooks; of the audience 1 of 2 is: twice as many.
        Assert.Equal(2, Truth.Lift(["u2", "u9"], new HashSet<string> { "u0", "u1" }, "cook"), 12);
        Assert.Equal(0, Truth.Lift(["u8", "u9"], new HashSet<string> { "u0", "u1" }, "cook"), 12);
    }

    [Fact]
    public void The_chance_of_the_same_persona_counts_pairs_of_different_users() =>
        Assert.Equal(((4 * 3) + (3 * 2) + (3 * 2)) / 90.0, Truth.ChanceOfSame, 12);

    [Fact]
    public void Personas_are_listed_by_size_and_unknown_users_have_none()
    {
        Assert.Equal("cook", Truth.Personas[0]);
        Assert.Equal(["u4", "u5", "u6"], Truth.UsersOf("reader"));
        Assert.Null(Truth.PersonaOf("u77"));
        Assert.Equal(0.5, Truth.Share(["u0", "u77"], "cook"), 12);
    }

    [Fact]
    public void Labels_of_users_that_are_not_in_the_database_do_not_count()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["labels.csv"], "user,first_persona,current_persona\nu1,cook,reader\nu2,cook,cook\n");
        var truth = PlantedTruth.Read(folder["labels.csv"], user => user == "u1");
        Assert.Equal(1, truth.Count);
        Assert.Equal("reader", truth.PersonaOf("u1"));
    }
}

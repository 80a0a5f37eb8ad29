using Lurm.Store.Histories;
using static Lurm.Training.Smen.OptionsTrial;

namespace Lurm.Training.Tests.Smen;

public sealed class OptionsTrialTests
{
    private static readonly Stop Start = new(0, Auc: 0.70, Overlap: 0.40);

    [Fact]
    public void With_lifetime_alone_the_network_goes_where_most_neighbours_are_found_of_what_predicts_as_well()
    {
        Stop[] tried = [new(1, 0.69, 0.60), new(0.75, 0.698, 0.55), new(0.5, 0.6997, 0.50), new(0.25, 0.71, 0.45)];

        Assert.Equal(0.5, Choose(Start, tried, [Scale.Lifetime]).Share);
        Assert.Equal(0, Choose(Start, tried[..2], [Scale.Lifetime]).Share);
    }

    [Fact]
    public void With_recent_anchors_it_goes_only_where_it_predicts_more()
    {
        Stop[] tried = [new(1, 0.69, 0.60), new(0.75, 0.702, 0.55), new(0.5, 0.708, 0.30), new(0.25, 0.704, 0.45)];

        Assert.Equal(0.5, Choose(Start, tried, [Scale.Lifetime, Scale.Recent]).Share);
        Assert.Equal(0, Choose(Start, tried[..2], [Scale.Lifetime, Scale.Recent]).Share);
    }
}

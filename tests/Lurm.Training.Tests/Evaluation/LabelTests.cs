using Lurm.TestKit;
using Lurm.Training.Evaluation;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Evaluation.Tasks;
using Lurm.Training.Samples;

namespace Lurm.Training.Tests.Evaluation;

public sealed class LabelTests
{
    [Fact]
    public void Of_two_classes_the_rarer_is_asked_for()
    {
        var classes = LabelTask.Classes([.. Enumerable.Repeat("M", 40), .. Enumerable.Repeat("F", 30)], out var description);
        Assert.Equal(30, Assert.Single(classes).Count(isMember => isMember));
        Assert.Equal(" = F", description);
    }

    [Fact]
    public void Many_numbers_are_cut_at_their_median()
    {
        var classes = LabelTask.Classes([.. Enumerable.Range(1, 100).Select(age => $"{age}")], out var description);
        Assert.Equal(50, Assert.Single(classes).Count(isMember => isMember));
        Assert.Equal(" >= 51", description);
    }

    [Fact]
    public void Classes_of_few_users_are_not_asked_for()
    {
        var classes = LabelTask.Classes([.. Enumerable.Repeat("a", 40), .. Enumerable.Repeat("b", 30), .. Enumerable.Repeat("c", 24)], out _);
        Assert.Equal([40, 30], classes.Select(members => members.Count(isMember => isMember)));
        Assert.Empty(LabelTask.Classes([.. Enumerable.Repeat("a", 100)], out _));
        Assert.Empty(LabelTask.Classes([.. Enumerable.Repeat("a", 100), .. Enumerable.Repeat("b", 24)], out _));
    }

    [Fact]
    public void A_label_in_the_features_is_found_and_one_that_is_not_there_is_not()
    {
        var random = new SampleRandom(3, 0);
        var values = new float[400 * 4];
        var told = new string?[400];
        var untold = new string?[400];
        for (var row = 0; row < 400; row++)
        {
            for (var column = 0; column < 4; column++)
            {
                values[(row * 4) + column] = (float)random.NextNormal();
            }

            told[row] = values[row * 4] + (0.3 * random.NextNormal()) > 0 ? "yes" : "no";
            untold[row] = random.Next(2) == 0 ? "yes" : "no";
        }

        Representation[] representations = [new("dense", new DenseFeatures(400, 4, values))];
        var found = LabelTask.Measure("told", told, representations, 1, TestContext.Current.CancellationToken)!;
        var lost = LabelTask.Measure("untold", untold, representations, 1, TestContext.Current.CancellationToken)!;
        Assert.True(found.Statistics["dense"]([]) > 0.95);

        // An area of noise over 400 users spreads by 0.03 about one half.
        Assert.InRange(lost.Statistics["dense"]([]), 0.38, 0.62);
    }

    [Fact]
    public void Users_held_out_are_scored_by_probes_of_the_others()
    {
        // Among those held out the label is turned round: a probe that had seen them would rank them well.
        var values = Enumerable.Range(0, 300).Select(row => row % 2 == 0 ? 1f : -1f).ToArray();
        var labels = Enumerable.Range(0, 300).Select(row => (row % 2 == 0) == (row < 200) ? "a" : "b").ToArray();
        var isScored = Enumerable.Range(0, 300).Select(row => row >= 200).ToArray();
        var result = LabelTask.MeasureHeldOut("turned", labels, isScored, [new("one", new DenseFeatures(300, 1, values))], 1, TestContext.Current.CancellationToken)!;
        Assert.Equal(100, result.Units);
        Assert.Equal(0, result.Statistics["one"]([]), 12);
    }

    [Theory]
    [InlineData("user,gender,job\nu1,F,\"cook, baker\"\nu2,M,\"say \"\"hi\"\"\"\n", null)]
    [InlineData("gender\tuser\tjob\nF\tu1\tcook, baker\nM\tu2\tsay \"hi\"\n", "user")]
    public void Label_files_are_read_whatever_their_delimiter(string text, string? userColumn)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["labels"], text);
        var file = LabelFile.Read(folder["labels"], userColumn);
        Assert.Equal(["gender", "job"], file.Columns);
        Assert.Equal(["F", "cook, baker"], file.Rows["u1"]);
        Assert.Equal(["M", "say \"hi\""], file.Rows["u2"]);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("user\nu1\n", "expected a user column")]
    [InlineData("user,age\nu1\n", "line 2 has 1 columns; expected 2")]
    [InlineData("user,age\nu1,3\nu1,4\n", "line 3 has user 'u1' again")]
    public void A_bad_label_file_is_refused_with_its_place(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["labels"], text);
        Assert.Contains(expected, Assert.Throws<IOException>(() => LabelFile.Read(folder["labels"])).Message);
    }
}

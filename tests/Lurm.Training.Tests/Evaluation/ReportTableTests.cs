using Lurm.Training.Evaluation.Metrics;
using Lurm.Training.Evaluation.Reports;

namespace Lurm.Training.Tests.Evaluation;

public sealed class ReportTableTests
{
    [Fact]
    public void Numbers_stand_to_the_right_of_words_and_LURM_is_divided_by_the_others()
    {
        var report = Report("sparse bag", "LURM");
        Assert.Equal(
            """
            Title
            Why.
            task  measure      units  sparse bag   LURM     LURM / sparse bag
            ----  -------  ---------  ----------  -----  --------------------
            t     AUC      100 users       0.500  0.600  1.200 [1.100, 1.300]

            """.ReplaceLineEndings(),
            Assert.Single(ReportTable.Of(report)).ToText());
    }

    [Fact]
    public void Many_representations_become_rows()
    {
        var table = Assert.Single(ReportTable.Of(Report([.. Enumerable.Range(0, 9).Select(i => $"v{i}")])));
        Assert.Equal(["representation", "t, AUC"], table.Columns);
        Assert.Equal(9, table.Rows.Count);
        Assert.Equal(["v3", "0.800"], table.Rows[3]);
    }

    [Fact]
    public void What_has_no_number_is_a_dash() => Assert.Equal("-", ReportTable.Number(double.NaN));

    private static EvaluationReport Report(params string[] names)
    {
        var report = new EvaluationReport { Database = "shop", MeasuredAt = DateTimeOffset.UnixEpoch, Seed = 1, BootstrapSamples = 100 };
        var cells = names.Select((name, i) => new ReportCell(
            name,
            new Estimate(0.5 + (0.1 * i), 0.4, 0.9),
            name == "LURM" ? [new ReportRatio("sparse bag", new Estimate(1.2, 1.1, 1.3))] : [],
            null));
        report.Sections.Add(new ReportSection("Title", "Why.", [new ReportRow("t", "AUC", "users", 100, [.. cells])]));
        return report;
    }
}

using Lurm.Api.Commands;

namespace Lurm.Api.Tests.Commands;

public sealed class MemberFileTests
{
    [Theory]
    [InlineData("u001", "u001")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("+4915112345", "+4915112345")]
    [InlineData("-17", "-17")]
    public void No_id_in_CSV_runs_as_a_formula(string id, string field) => Assert.Equal(field, MemberFile.CsvField(id));
}

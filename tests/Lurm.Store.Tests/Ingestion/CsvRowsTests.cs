using System.Globalization;
using System.Text;
using CsCheck;
using CsvHelper;
using CsvHelper.Configuration;
using Lurm.Store.Ingestion;

namespace Lurm.Store.Tests.Ingestion;

public sealed class CsvRowsTests
{
    private static readonly Gen<string> Field = Gen.OneOf(
        Gen.Char["abc ,;\t|\"\n\r'é漢"].Array[0, 12].Select(characters => new string(characters)),
        Gen.Int.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    [Fact]
    public void It_reads_what_CsvHelper_reads() =>
        Gen.Select(Field.Array[4].Array[0, 30], Gen.Char[",;\t|"], Gen.Bool, Gen.Bool, Gen.Int[1, 40]).Sample(
            (rows, delimiter, crlf, mark, step) =>
            {
                var text = Write(rows, delimiter, crlf ? "\r\n" : "\n");
                var bytes = (mark ? Encoding.UTF8.GetPreamble() : []).Concat(Encoding.UTF8.GetBytes(text)).ToArray();

                Assert.Equal(ReadSlow(text, delimiter), Read(bytes, step, ["a", "b", "c", "d"], (byte)delimiter));
                Assert.Equal(ReadSlow(text, delimiter).Select(row => new[] { row[3], row[1] }), Read(bytes, step, ["d", "b"], (byte)delimiter));
            },
            iter: 1_500);

    [Theory]
    [InlineData("a,b\n1,2", "1|2")]
    [InlineData("a,b\r\n1,2\r\n", "1|2")]
    [InlineData("a,b\n\n1,2\n\r\n\n3,4\n\n", "1|2 3|4")]
    [InlineData("a,b\n1\n", "1|")]
    [InlineData("a,b\n1,2,,\n", "1|2")]
    [InlineData("a,b\n\"1\"x,2\n", "1x|2")]
    [InlineData("a,b\n1 \"inch\",2\n", "1 \"inch\"|2")]
    [InlineData("a\tb,c\n1\t2\n", "1|")]
    [InlineData("\"a\",\"b\"\n1,2\n", "1|2")]
    [InlineData("\n\r\n\na,b\n1,2\n", "1|2")]
    [InlineData("\r\n\uFEFFa,b\n1,2\n", "|2")]
    [InlineData("a,b\n\r\r\n1,2\n", "\r| 1|2")]
    public void Files_as_they_come(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read(Encoding.UTF8.GetBytes(text), 3, ["a", "b"], null, _ => false).Select(row => string.Join('|', row))));

    [Fact]
    public void Lines_are_counted_through_quoted_line_ends()
    {
        using var rows = new CsvRows(ByteFeed.Of(new MemoryStream("a,b\n\"x\ny\n\",1\n\nz,2\n"u8.ToArray())), "f", ["a"], _ => true, null);
        Assert.True(rows.Read(TestContext.Current.CancellationToken));
        Assert.Equal(2, rows.Line);
        Assert.True(rows.Read(TestContext.Current.CancellationToken));
        Assert.Equal(6, rows.Line);
    }

    [Fact]
    public void A_bad_row_does_not_lose_the_next()
    {
        using var rows = new CsvRows(ByteFeed.Of(new MemoryStream("a,b\n1,2,3\n4,5\n"u8.ToArray())), "f", ["b"], _ => true, null);
        Assert.Throws<RowException>(() => rows.Read(TestContext.Current.CancellationToken));
        Assert.True(rows.Read(TestContext.Current.CancellationToken));
        Assert.Equal("5", Encoding.UTF8.GetString(rows[0]));
    }

    private static List<string[]> Read(byte[] bytes, int step, string[] wanted, byte? delimiter, Predicate<int>? isRequired = null)
    {
        using var rows = new CsvRows(ByteFeed.Of(new Trickle(bytes, step)), "f", wanted, isRequired ?? (_ => true), delimiter);
        var all = new List<string[]>();
        while (rows.Read(TestContext.Current.CancellationToken))
        {
            all.Add([.. Enumerable.Range(0, wanted.Length).Select(slot => Encoding.UTF8.GetString(rows[slot]))]);
        }

        return all;
    }

    // Quotes what must be quoted, a carriage return alone among it (it ends a line for CsvHelper), and some of what need not be.
    private static string Write(string[][] rows, char delimiter, string newLine)
    {
        using var text = new StringWriter();
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            NewLine = newLine,
            ShouldQuote = field => field.Field!.Length % 5 == 4 || field.Field.Any(character => character is '"' or '\r' or '\n' || character == delimiter),
        };
        using (var csv = new CsvWriter(text, configuration))
        {
            foreach (var row in rows.Prepend(["a", "b", "c", "d"]))
            {
                foreach (var field in row)
                {
                    csv.WriteField(field);
                }

                csv.NextRecord();
            }
        }

        return text.ToString();
    }

    private static List<string[]> ReadSlow(string text, char delimiter)
    {
        using var csv = new CsvReader(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = delimiter.ToString() });
        csv.Read();
        csv.ReadHeader();
        var all = new List<string[]>();
        while (csv.Read())
        {
            all.Add([.. Enumerable.Range(0, 4).Select(column => csv.GetField(column) ?? "")]);
        }

        return all;
    }
}

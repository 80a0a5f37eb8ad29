using System.Globalization;
using System.Text;
using Lurm.Store.Ingestion;

namespace Lurm.Store.Tests.Ingestion;

public sealed class RowsAheadTests
{
    [Fact]
    public void Rows_come_in_order_over_many_blocks_and_bad_ones_at_their_place()
    {
        // Every thousandth row has a column too many; the file ends inside a quote.
        const int Rows = 20_000;
        var text = new StringBuilder("a,b\n");
        for (var i = 0; i < Rows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},{(i % 1000 == 999 ? "x,y" : "x")}\n");
        }

        text.Append("\"unclosed");
        using var ahead = new RowsAhead(new CsvRows(ByteFeed.Of(new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()))), "f", ["b", "a"], _ => true, null), slots: 2);

        for (var i = 0; i < Rows; i++)
        {
            if (i % 1000 == 999)
            {
                Assert.Throws<RowException>(() => ahead.Read(TestContext.Current.CancellationToken));
            }
            else
            {
                Assert.True(ahead.Read(TestContext.Current.CancellationToken));
                Assert.Equal(i.ToString(CultureInfo.InvariantCulture), Encoding.UTF8.GetString(ahead[1]));
            }

            Assert.Equal(i + 2, ahead.Line);
        }

        Assert.Throws<RowException>(() => ahead.Read(TestContext.Current.CancellationToken));
        Assert.False(ahead.Read(TestContext.Current.CancellationToken));
        Assert.False(ahead.Read(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Disposing_before_the_end_stops_the_thread()
    {
        var text = "a\n" + string.Concat(Enumerable.Repeat("x\n", 200_000));
        using var ahead = new RowsAhead(new CsvRows(ByteFeed.Of(new MemoryStream(Encoding.UTF8.GetBytes(text))), "f", ["a"], _ => true, null), slots: 1);
        Assert.True(ahead.Read(TestContext.Current.CancellationToken));
    }
}

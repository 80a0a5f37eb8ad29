using CsCheck;
using Lurm.Store.Filters;

namespace Lurm.Store.Tests.Filters;

public sealed class ColumnScanTests
{
    private static readonly long[] Far = [long.MinValue, long.MinValue + 1, int.MinValue, int.MaxValue, long.MaxValue];

    private static readonly Gen<long> Edge = Gen.Frequency((4, Gen.Long[-3, 3]), (1, Gen.Int[0, Far.Length - 1].Select(i => Far[i])));

    [Fact]
    public void Every_width_agrees_with_the_scalar_reference_on_longs() =>
        Gen.Select(Edge.Array[64], Edge, Edge).Sample((rows, least, most) =>
            ColumnScan.Word256<long>(rows, least, most) == ColumnScan.Scalar<long>(rows, least, most)
            && ColumnScan.Word512<long>(rows, least, most) == ColumnScan.Scalar<long>(rows, least, most));

    [Fact]
    public void Every_width_agrees_with_the_scalar_reference_on_ints() =>
        Gen.Select(Gen.Int[-2, 5].Array[64], Gen.Int[-2, 5], Gen.Int[-2, 5]).Sample((rows, least, most) =>
            ColumnScan.Word256<int>(rows, least, most) == ColumnScan.Scalar<int>(rows, least, most)
            && ColumnScan.Word512<int>(rows, least, most) == ColumnScan.Scalar<int>(rows, least, most));

    [Fact]
    public void Columns_of_any_length_are_marked_row_by_row_and_bits_that_were_set_stay() =>
        Gen.Select(Gen.Int[-1, 6].Array[0, 300], Gen.Int[0, 6], Gen.Int[0, 6], Gen.Byte[0, 1].Array[8]).Sample((codes, least, most, passes) =>
        {
            passes[0] = 0;
            var words = new ulong[(codes.Length / 64) + 1];
            var listed = new ulong[words.Length];
            words[0] = listed[0] = 1;
            ColumnScan.Mark<int>(codes, least, most, words);
            ColumnScan.MarkListed(codes, passes, listed);
            return Enumerable.Range(0, words.Length * 64).All(row =>
            {
                var (isMarked, isListed) = ((words[row >> 6] >> row & 1) != 0, (listed[row >> 6] >> row & 1) != 0);
                return row >= codes.Length
                    ? isMarked == (row == 0) && isListed == (row == 0)
                    : isMarked == (row == 0 || (codes[row] >= least && codes[row] <= most)) && isListed == (row == 0 || passes[codes[row] + 1] == 1);
            });
        });
}

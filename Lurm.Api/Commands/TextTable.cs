using System.Globalization;

namespace Lurm.Api.Commands;

/// <summary>Rows in aligned columns; numbers to the right.</summary>
internal static class TextTable
{
    public static void Write(TextWriter output, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<object?>> rows)
    {
        List<string[]> cells = [[.. header], .. rows.Select(row => row.Select(Text).ToArray())];
        var widths = Enumerable.Range(0, header.Count).Select(column => cells.Max(row => row[column].Length)).ToArray();
        var isNumber = Enumerable.Range(0, header.Count)
            .Select(column => cells.Count > 1 && cells.Skip(1).All(row => double.TryParse(row[column], CultureInfo.InvariantCulture, out _)))
            .ToArray();
        foreach (var row in cells)
        {
            var line = string.Join("  ", row.Select((cell, column) => isNumber[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])));
            output.WriteLine(line.TrimEnd());
        }
    }

    private static string Text(object? value) => value switch
    {
        null => string.Empty,
        double number => number.ToString("F4", CultureInfo.InvariantCulture),
        float number => number.ToString("F4", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };
}

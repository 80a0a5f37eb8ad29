using System.Text;

namespace Lurm.Training.Evaluation;

/// <summary>A file of labels: a header, one line per user, the user's id in the first column or the one that is named.</summary>
internal sealed class LabelFile
{
    private static readonly char[] Delimiters = ['\t', ',', ';', '|'];

    private LabelFile(string[] columns, Dictionary<string, string[]> rows)
    {
        Columns = columns;
        Rows = rows;
    }

    /// <summary>Label columns, the user's left out.</summary>
    public string[] Columns { get; }

    /// <summary>Values by user id, as <see cref="Columns"/> has them.</summary>
    public Dictionary<string, string[]> Rows { get; }

    /// <summary>Reads a file; the delimiter is the one of tab, comma, semicolon and bar that the header has most of.</summary>
    /// <exception cref="IOException">It cannot be read, or a line does not fit its header.</exception>
    public static LabelFile Read(string path, string? userColumn = null)
    {
        using var reader = new StreamReader(path);
        if (reader.ReadLine() is not { Length: > 0 } header)
        {
            throw new IOException($"'{path}' is empty; expected a header line with a user column and at least one label column.");
        }

        var delimiter = Delimiters.MaxBy(candidate => header.Count(c => c == candidate));
        var names = Split(header, delimiter);
        var user = userColumn is null ? 0 : Array.IndexOf(names, userColumn);
        if (user < 0 || names.Length < 2)
        {
            throw new IOException($"'{path}' has the columns {string.Join(", ", names)}; expected {(userColumn is null ? "a user column and at least one label" : $"'{userColumn}' among them")}.");
        }

        var rows = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            if (text.Length == 0)
            {
                continue;
            }

            var cells = Split(text, delimiter);
            if (cells.Length != names.Length)
            {
                throw new IOException($"'{path}' line {line} has {cells.Length} columns; expected {names.Length}, as the header has.");
            }

            if (!rows.TryAdd(cells[user], [.. cells.Where((_, i) => i != user)]))
            {
                throw new IOException($"'{path}' line {line} has user '{cells[user]}' again; expected one line per user.");
            }
        }

        return new LabelFile([.. names.Where((_, i) => i != user)], rows);
    }

    /// <summary>Cells of a line; a cell in quotes may hold the delimiter, and a quote twice.</summary>
    private static string[] Split(string line, char delimiter)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && (isQuoted || cell.Length == 0))
            {
                var isDouble = isQuoted && i + 1 < line.Length && line[i + 1] == '"';
                if (isDouble)
                {
                    cell.Append('"');
                    i++;
                    continue;
                }

                isQuoted = !isQuoted;
                continue;
            }

            if (line[i] == delimiter && !isQuoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
                continue;
            }

            cell.Append(line[i]);
        }

        cells.Add(cell.ToString().Trim());
        return [.. cells];
    }
}

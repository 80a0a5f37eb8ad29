namespace Lurm.Api.Commands;

/// <summary>A file of user ids, one a line, as <c>--seeds</c>, <c>--exclude</c> and <c>--users</c> take it; <c>-</c> is standard input.</summary>
internal static class IdFile
{
    /// <summary>Blank lines and blanks around an id are left out.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        if (path != "-" && !File.Exists(path))
        {
            throw new FileNotFoundException(Directory.Exists(path)
                ? $"'{path}' is a folder; expected a file with one user id a line."
                : $"'{path}' does not exist; expected a file with one user id a line.");
        }

        using var reader = path == "-" ? Console.In : new StreamReader(path);
        var ids = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            var id = line.Trim();
            if (id.Length > 0)
            {
                ids.Add(id);
            }
        }

        return ids.Count > 0 ? ids : throw new InvalidDataException($"'{path}' is empty; expected one user id a line.");
    }
}

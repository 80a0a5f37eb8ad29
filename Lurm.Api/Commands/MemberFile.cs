using System.Globalization;
using System.Text.Json;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary>The members of an audience in a file: CSV with the columns <c>user_id,score</c>, or NDJSON.</summary>
internal static class MemberFile
{
    /// <summary>Refuses what cannot be written before an audience is computed for it.</summary>
    public static string Check(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"'{path}' cannot be written: the folder '{folder}' does not exist.");
        }

        return Path.GetExtension(path) is ".csv" or ".ndjson" or ".jsonl"
            ? path
            : throw new UsageException($"--out is '{path}'; expected a name that ends in .csv or .ndjson.");
    }

    /// <summary>Writes beside the target first, so that a stopped command leaves no half file.</summary>
    public static void Write(string path, IReadOnlyList<AudienceMember> members)
    {
        var temporary = path + ".partial";
        using (var writer = new StreamWriter(temporary))
        {
            if (Path.GetExtension(path) == ".csv")
            {
                WriteCsv(writer, members);
            }
            else
            {
                WriteNdjson(writer, members);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>A field of CSV, quoted where it must be; what a spreadsheet would run as a formula has an apostrophe in front.</summary>
    internal static string CsvField(string text)
    {
        var safe = IsFormula(text) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>Signed numbers, such as telephone numbers, stay as they are.</summary>
    private static bool IsFormula(string text) => text.Length > 0
        && (text[0] is '=' or '@' or '\t' or '\r' || (text[0] is '+' or '-' && text.AsSpan(1).ContainsAnyExceptInRange('0', '9')));

    private static void WriteCsv(StreamWriter writer, IReadOnlyList<AudienceMember> members)
    {
        writer.Write("user_id,score\n");
        foreach (var member in members)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{CsvField(member.Id)},{member.Score}\n"));
        }
    }

    private static void WriteNdjson(StreamWriter writer, IReadOnlyList<AudienceMember> members)
    {
        foreach (var member in members)
        {
            writer.Write(JsonSerializer.Serialize(new { id = member.Id, score = member.Score }));
            writer.Write('\n');
        }
    }
}

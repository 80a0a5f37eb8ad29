using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lurm.Api.Commands;

/// <summary>How <c>--json</c> prints: camelCase, indented, text as it is.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write<T>(Shell shell, T value) => shell.Output.WriteLine(JsonSerializer.Serialize(value, Options));
}

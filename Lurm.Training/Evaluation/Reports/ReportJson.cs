using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lurm.Training.Evaluation.Reports;

/// <summary>The report as JSON; a number that has no value is the string "NaN".</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
    };

    public static string Write(EvaluationReport report) => JsonSerializer.Serialize(report, Options) + "\n";
}

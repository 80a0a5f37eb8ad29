using System.Net;
using System.Text;

namespace Lurm.Training.Evaluation.Reports;

/// <summary>The report as one HTML page that needs nothing else: no script, no font, no address.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 1320px; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; } p { max-width: 75ch; }
        table { border-collapse: collapse; font-size: 13px; } .wide { overflow-x: auto; }
        th, td { padding: .3rem .5rem; text-align: right; border-bottom: 1px solid var(--line); } td { white-space: nowrap; }
        .word { text-align: left; } th { vertical-align: bottom; }
        tbody tr:hover { background: var(--soft); } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
        dt { opacity: .7; } dd { margin: 0; } svg { max-width: 100%; height: auto; font: 12px system-ui, sans-serif; }
        .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(34rem, 1fr)); gap: 0 2rem; } h3 { font-size: 1rem; }
        svg text { fill: currentColor; } .grid { stroke: var(--line); } .random { stroke: currentColor; stroke-dasharray: 5 4; opacity: .6; }
        """;

    public static string Write(EvaluationReport report)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        html.Append($"<title>Lurm evaluation: {Text(report.Database)}</title>\n<style>\n{Style}\n</style></head>\n<body>\n");
        html.Append($"<h1>Lurm evaluation: {Text(report.Database)}</h1>\n<dl>\n");
        foreach (var fact in report.Facts)
        {
            html.Append($"<dt>{Text(fact.Name)}</dt><dd>{Text(fact.Value)}</dd>\n");
        }

        html.Append("</dl>\n");
        foreach (var remark in report.Remarks)
        {
            html.Append($"<p>{Text(remark)}</p>\n");
        }

        foreach (var table in ReportTable.Of(report))
        {
            Append(html, table);
        }

        if (report.LiftCurves is { } curves)
        {
            html.Append("<h2>Lift by audience size</h2>\n<p>How many times more often than at random the audience holds someone who will take the target, mean over targets.</p>\n");
            html.Append(Svg.Lines(curves)).Append('\n');
        }

        if (report.UserMap is { Points.Count: > 0 } map)
        {
            html.Append($"<h2>The user space</h2>\n<p>{map.Points.Count} users, {Text(map.Method)}; coloured by {Text(map.Colouring)}.</p>\n");
            html.Append(Svg.Map(map)).Append('\n');
        }

        if (report.Histories.Count > 0)
        {
            html.Append("<h2>Histories</h2>\n<p>Whole lives of a few users: their most frequent interests by period; the darker, the more events.</p>\n<div class=\"pictures\">\n");
            foreach (var picture in report.Histories)
            {
                html.Append($"<section><h3>User {Text(picture.User)}</h3>\n<div class=\"wide\">{Svg.HeatMap(picture)}</div></section>\n");
            }

            html.Append("</div>\n");
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static void Append(StringBuilder html, ReportTable table)
    {
        html.Append($"<h2>{Text(table.Title)}</h2>\n<p>{Text(table.Explanation)}</p>\n<div class=\"wide\"><table><thead><tr>");
        AppendCells(html, table, table.Columns, "th");

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            AppendCells(html, table, row, "td");
            html.Append("</tr>\n");
        }

        html.Append("</tbody></table></div>\n");
    }

    private static void AppendCells(StringBuilder html, ReportTable table, IReadOnlyList<string> cells, string element)
    {
        for (var c = 0; c < cells.Count; c++)
        {
            html.Append($"<{element}{(table.WordColumns.Contains(c) ? " class=\"word\"" : string.Empty)}>{Text(cells[c])}</{element}>");
        }
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}

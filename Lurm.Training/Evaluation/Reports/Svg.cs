using System.Globalization;
using System.Net;
using System.Text;

namespace Lurm.Training.Evaluation.Reports;

/// <summary>Charts as inline SVG, without script; texts take the page's colour.</summary>
internal static class Svg
{
    private static readonly string[] Palette = ["#2f6fde", "#e07b1a", "#2a9d5c", "#c8385a", "#8458c9", "#0d9aa8", "#b09a17", "#d257b5"];
    private const string Other = "#9aa3ad";

    public static string Colour(int group) => group < 0 ? Other : Palette[group % Palette.Length];

    /// <summary>Lift by audience size, both axes linear; the line at 1 is random.</summary>
    public static string Lines(LiftCurves curves)
    {
        const double Width = 720, Height = 360, Left = 48, Right = 190, Top = 12, Bottom = 44;
        var widest = curves.Percents.Max();
        var highest = Math.Max(1.5, curves.Lifts.Values.SelectMany(lifts => lifts).Where(double.IsFinite).DefaultIfEmpty(1).Max());
        double X(double percent) => Left + (percent / widest * (Width - Left - Right));
        double Y(double lift) => Height - Bottom - (lift / highest * (Height - Top - Bottom));
        var svg = Begin(Width, Height, "Lookalike lift by audience size");
        foreach (var tick in Ticks(highest))
        {
            svg.Append(Invariant($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\" class=\"grid\"/><text x=\"{Left - 6}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{tick:0.##}</text>"));
        }

        foreach (var percent in new[] { 1.0, 2.5, 5, 10, 20 }.Where(percent => percent <= widest))
        {
            svg.Append(Invariant($"<text x=\"{X(percent):F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{percent} %</text>"));
        }

        svg.Append(Invariant($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(1):F1}\" y2=\"{Y(1):F1}\" class=\"random\"/>"));
        svg.Append(Invariant($"<text x=\"{(Left + Width - Right) / 2:F1}\" y=\"{Height - 8}\" text-anchor=\"middle\">audience, share of the candidates; dashed: random</text>"));
        var group = 0;
        foreach (var (name, lifts) in curves.Lifts)
        {
            var points = string.Join(' ', curves.Percents.Zip(lifts).Where(pair => double.IsFinite(pair.Second)).Select(pair => Invariant($"{X(pair.First):F1},{Y(pair.Second):F1}")));
            svg.Append(Invariant($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Colour(group)}\" stroke-width=\"{(name == Representation.Lurm ? 3 : 1.6)}\"/>"));
            svg.Append(Invariant($"<rect x=\"{Width - Right + 14}\" y=\"{Top + (group * 20)}\" width=\"12\" height=\"12\" fill=\"{Colour(group)}\"/><text x=\"{Width - Right + 32}\" y=\"{Top + (group * 20) + 10}\">{WebUtility.HtmlEncode(name)}</text>"));
            group++;
        }

        return End(svg);
    }

    /// <summary>Users as points, coloured by group.</summary>
    public static string Map(UserMap map)
    {
        const double Width = 760, Height = 520, Right = 200, Margin = 12;
        var (left, right) = (map.Points.Min(point => point.X), map.Points.Max(point => point.X));
        var (low, high) = (map.Points.Min(point => point.Y), map.Points.Max(point => point.Y));
        var scale = Math.Min((Width - Right - (2 * Margin)) / Math.Max(1e-6, right - left), (Height - (2 * Margin)) / Math.Max(1e-6, high - low));
        var svg = Begin(Width, Height, "The user space in two dimensions");

        // Those without a group first, so that they lie under the others.
        foreach (var point in map.Points.OrderBy(point => point.Group >= 0))
        {
            svg.Append(Invariant($"<circle cx=\"{Margin + ((point.X - left) * scale):F1}\" cy=\"{Margin + ((point.Y - low) * scale):F1}\" r=\"2.4\" fill=\"{Colour(point.Group)}\" fill-opacity=\"{(point.Group < 0 ? 0.35 : 0.75)}\"/>"));
        }

        var entries = map.Groups.Select((name, group) => (name, group)).ToList();
        if (map.Points.Any(point => point.Group < 0))
        {
            entries.Add(("other", -1));
        }

        for (var i = 0; i < entries.Count; i++)
        {
            svg.Append(Invariant($"<circle cx=\"{Width - Right + 20}\" cy=\"{Margin + 6 + (i * 20)}\" r=\"5\" fill=\"{Colour(entries[i].group)}\"/><text x=\"{Width - Right + 32}\" y=\"{Margin + 10 + (i * 20)}\">{WebUtility.HtmlEncode(Short(entries[i].name, 26))}</text>"));
        }

        return End(svg);
    }

    /// <summary>One user's interests by period; the darker, the more events (logarithmic).</summary>
    public static string HeatMap(HistoryPicture picture)
    {
        const double Left = 230, Cell = 20, Top = 6, Bottom = 52;
        var width = Left + (picture.Periods.Count * Cell) + 8;
        var height = Top + (picture.Interests.Count * Cell) + Bottom;
        var most = Math.Max(1, picture.Counts.Max(row => row.Max()));
        var svg = Begin(width, height, $"History of user {picture.User}");
        for (var row = 0; row < picture.Interests.Count; row++)
        {
            svg.Append(Invariant($"<text x=\"{Left - 8}\" y=\"{Top + (row * Cell) + 14}\" text-anchor=\"end\">{WebUtility.HtmlEncode(Short(picture.Interests[row], 34))}</text>"));
            for (var column = 0; column < picture.Periods.Count; column++)
            {
                var count = picture.Counts[row][column];
                var strength = count == 0 ? 0.06 : 0.2 + (0.8 * Math.Log(1 + count) / Math.Log(1 + most));
                svg.Append(Invariant($"<rect x=\"{Left + (column * Cell)}\" y=\"{Top + (row * Cell)}\" width=\"{Cell - 2}\" height=\"{Cell - 2}\" rx=\"3\" fill=\"{(count == 0 ? Other : Palette[0])}\" fill-opacity=\"{strength:F2}\"><title>{WebUtility.HtmlEncode(picture.Interests[row])}, {picture.Periods[column]}: {count}</title></rect>"));
            }
        }

        var step = Math.Max(1, picture.Periods.Count / 8);
        for (var column = 0; column < picture.Periods.Count; column += step)
        {
            var x = Left + (column * Cell) + 9;
            var y = height - Bottom + 12;
            svg.Append(Invariant($"<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\" transform=\"rotate(-45 {x} {y})\">{picture.Periods[column]}</text>"));
        }

        return End(svg);
    }

    private static IEnumerable<double> Ticks(double highest)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10(highest)));
        step = highest / step >= 5 ? step : highest / step >= 2 ? step / 2 : step / 4;
        for (var tick = 0.0; tick <= highest; tick += step)
        {
            yield return tick;
        }
    }

    private static string Short(string text, int longest) => text.Length <= longest ? text : text[..(longest - 1)] + "…";

    private static StringBuilder Begin(double width, double height, string title) => new StringBuilder()
        .Append(Invariant($"<svg viewBox=\"0 0 {width:F0} {height:F0}\" width=\"{width:F0}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\"><title>{WebUtility.HtmlEncode(title)}</title>"));

    private static string End(StringBuilder svg) => svg.Append("</svg>").ToString();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

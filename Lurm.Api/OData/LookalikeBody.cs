using Lurm.Store;

namespace Lurm.Api.OData;

/// <summary>The body of <c>Lurm.Lookalike</c>.</summary>
internal static class LookalikeBody
{
    public static readonly string[] Parameters =
        ["seeds", "seedFilter", "audienceId", "size", "percent", "band", "minScore", "method", "filter", "exclude", "includeSeeds", "explain", "seed"];

    private static readonly string[] Sizes = ["size", "percent", "band", "minScore"];

    public static async Task<LookalikeQuery> ReadAsync(ODataCall call)
    {
        using var body = await ActionBody.ReadAsync(call.Http, Parameters);
        return Read(body, call.Options);
    }

    /// <summary>Reads the parameters of a lookalike query, which others may stand beside.</summary>
    public static LookalikeQuery Read(ActionBody body, LurmApiOptions options)
    {
        One(body, "seeds", "seedFilter", "audienceId");
        return new LookalikeQuery
        {
            Seeds = body.Texts("seeds", options.MaxSeeds),
            SeedFilter = Filter(body, "seedFilter"),
            AudienceId = body.Text("audienceId"),
            Size = Size(body),
            Method = Method(body.Text("method")),
            Filter = Filter(body, "filter"),
            Exclude = body.Texts("exclude", options.MaxSeeds) ?? [],
            IncludeSeeds = body.Flag("includeSeeds"),
            Explain = body.Flag("explain"),
            Seed = (int)(body.WholeNumber("seed", 0, int.MaxValue) ?? 1),
        };
    }

    /// <summary>Reads a method's name, as on the command line.</summary>
    internal static LookalikeMethod Method(string? name) => name switch
    {
        null or "logistic" => LookalikeMethod.Logistic,
        "clusters" => LookalikeMethod.Clusters,
        "logOdds" => LookalikeMethod.LogOdds,
        "centroid" => LookalikeMethod.Centroid,
        "ensemble" => LookalikeMethod.Ensemble,
        _ => throw ApiException.Invalid($"'method' is '{name}'; expected logistic, clusters, logOdds, centroid or ensemble.", "method"),
    };

    private static AudienceSize Size(ActionBody body)
    {
        var given = Sizes.Where(body.Has).ToArray();
        if (given.Length > 1)
        {
            throw ApiException.Invalid($"'{given[0]}' and '{given[1]}' both say how large the audience is; expected one of size, percent, band and minScore.", given[1]);
        }

        return given switch
        {
            ["size"] => AudienceSize.Count((int)body.WholeNumber("size", 1, int.MaxValue)!.Value),
            ["percent"] => AudienceSize.Percent(Between(body, "percent", 0, 100)),
            ["minScore"] => AudienceSize.MinScore(body.Number("minScore")!.Value),
            ["band"] => Band(body),
            _ => AudienceSize.Percent(1),
        };
    }

    private static AudienceSize Band(ActionBody body)
    {
        var band = body.Find("band")!.Value;
        if (band.ValueKind != System.Text.Json.JsonValueKind.Object
            || !band.TryGetProperty("from", out var from) || !ActionBody.IsNumber(from, out var least)
            || !band.TryGetProperty("to", out var to) || !ActionBody.IsNumber(to, out var most)
            || least < 0 || most > 100 || least >= most)
        {
            throw ActionBody.Wrong("band", band, "{\"from\":1,\"to\":2}, in percent of the base, the first below the second");
        }

        return AudienceSize.Band(least, most);
    }

    private static double Between(ActionBody body, string name, double above, double most)
    {
        var number = body.Number(name)!.Value;
        return number > above && number <= most ? number : throw ApiException.Invalid(FormattableString.Invariant($"'{name}' is {number}; expected more than {above}, at most {most}."), name);
    }

    private static UserFilter? Filter(ActionBody body, string name) => body.Text(name) is { } text ? UserFilter.Parse(text) : null;

    private static void One(ActionBody body, params ReadOnlySpan<string> names)
    {
        var given = 0;
        foreach (var name in names)
        {
            given += body.Has(name) ? 1 : 0;
        }

        if (given != 1)
        {
            throw ApiException.Invalid($"{given} of {string.Join(", ", names.ToArray())} are given; expected exactly one.", names[0]);
        }
    }
}

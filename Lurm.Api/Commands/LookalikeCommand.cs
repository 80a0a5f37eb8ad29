using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm lookalike</c>.</summary>
internal static class LookalikeCommand
{
    private const int Shown = 20;

    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var seeds = new Option<string?>("--seeds") { Description = "A file with one user id a line; - is standard input.", HelpName = "FILE" };
        var seedFilter = new Option<string?>("--seed-filter") { Description = "The seeds are the users of this $filter.", HelpName = "F" };
        var fromAudience = new Option<string?>("--from-audience") { Description = "The seeds are the members of this saved audience.", HelpName = "ID" };
        var audience = new Option<string?>("--audience") { Description = "Save the result, with its definition, as the audience of this id.", HelpName = "ID" };
        var size = new AudienceSizeOptions();
        var method = new Option<string>("--method") { Description = "How users are scored.", DefaultValueFactory = _ => "logistic" }
            .AcceptOnlyFromAmong("logistic", "clusters", "logOdds", "centroid", "ensemble");
        var filter = CommandExtensions.Filter();
        var exclude = new Option<string?>("--exclude") { Description = "A file of user ids that must not be in the audience.", HelpName = "FILE" };
        var includeSeeds = new Option<bool>("--include-seeds") { Description = "The seeds themselves may be members." };
        var explain = new Option<bool>("--explain") { Description = "Name the interests that set the seeds apart." };
        var output = new Option<string?>("--out") { Description = "Write the members to this file, as CSV (user_id,score) or .ndjson.", HelpName = "FILE" };
        var json = CommandExtensions.Json();
        var command = new Command("lookalike", "The users most like an audience, best first.") { database, seeds, seedFilter, fromAudience };
        size.AddTo(command);
        foreach (var option in (Option[])[method, filter, exclude, includeSeeds, explain, audience, output, json])
        {
            command.Add(option);
        }

        return command.Does((parsed, cancellationToken) =>
        {
            var (file, text, id) = (parsed.GetValue(seeds), parsed.GetValue(seedFilter), parsed.GetValue(fromAudience));
            if ((file is null ? 0 : 1) + (text is null ? 0 : 1) + (id is null ? 0 : 1) != 1)
            {
                throw new UsageException("Expected one of --seeds FILE, --seed-filter F and --from-audience ID.");
            }

            var query = new LookalikeQuery
            {
                SeedFilter = parsed.GetFilter(seedFilter),
                AudienceId = id,
                Size = size.Read(parsed),
                Method = Enum.Parse<LookalikeMethod>(parsed.GetRequiredValue(method), ignoreCase: true),
                Filter = parsed.GetFilter(filter),
                IncludeSeeds = parsed.GetValue(includeSeeds),
                Explain = parsed.GetValue(explain),
            };
            var members = parsed.GetValue(output) is { } path ? MemberFile.Check(path) : null;
            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            query = query with
            {
                Seeds = file is null ? null : IdFile.Read(file),
                Exclude = parsed.GetValue(exclude) is { } excluded ? IdFile.Read(excluded) : [],
            };
            var result = lurm.Lookalike(query, cancellationToken);
            if (parsed.GetValue(audience) is { } saved)
            {
                lurm.SaveAudience(saved, query, cancellationToken: cancellationToken);
                shell.Error.WriteLine($"Saved as audience '{saved}'.");
            }

            if (members is not null)
            {
                MemberFile.Write(members, result.Members);
            }

            foreach (var warning in result.Warnings)
            {
                shell.Error.WriteLine($"lurm: warning: {warning}");
            }

            if (parsed.GetValue(json))
            {
                JsonOutput.Write(shell, LookalikeJson.Of(result));
                return;
            }

            Print(shell, result, members);
        });
    }

    private static void Print(Shell shell, LookalikeResult result, string? file)
    {
        shell.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Members.Count:N0} members by {result.Method.ToString().ToLowerInvariant()}, from {result.MatchedSeeds:N0} seeds ({result.UnmatchedSeeds:N0} unknown); model {result.ModelId}, as of {result.AsOf:yyyy-MM-dd HH:mm:ss}Z."));
        if (result.RelevanceCurve.Count > 0)
        {
            shell.Output.WriteLine();
            TextTable.Write(shell.Output, ["share %", "members", "score"], result.RelevanceCurve.Select(point => (IReadOnlyList<object?>)[point.Percent.ToString("0.##", CultureInfo.InvariantCulture), point.Members, point.Score]));
        }

        if (result.TopInterests.Count > 0)
        {
            shell.Output.WriteLine();
            TextTable.Write(shell.Output, ["interest", "log-odds", "label"], result.TopInterests.Select(interest => (IReadOnlyList<object?>)[interest.Interest, interest.LogOdds, interest.Label]));
        }

        shell.Output.WriteLine();
        if (file is not null)
        {
            shell.Output.WriteLine($"Wrote the members to '{file}'.");
            return;
        }

        TextTable.Write(shell.Output, ["user", "score"], result.Members.Take(Shown).Select(member => (IReadOnlyList<object?>)[member.Id, member.Score]));
        if (result.Members.Count > Shown)
        {
            shell.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"… and {result.Members.Count - Shown:N0} more; --out FILE writes all."));
        }
    }
}

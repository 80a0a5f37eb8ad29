using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary><c>lurm erase</c>.</summary>
internal static class EraseCommand
{
    public static Command Create(Shell shell)
    {
        var database = CommandExtensions.Database();
        var users = new Option<string?>("--users") { Description = "A file with one user id a line; - is standard input.", HelpName = "FILE" };
        var filter = new Option<string?>("--filter") { Description = "The users of this $filter.", HelpName = "F" };
        var allowReturn = new Option<bool>("--allow-return") { Description = "Their ids may come in again; without it later events of them are left out." };
        var json = CommandExtensions.Json();
        return new Command("erase", "Forget users for good: histories, attributes, representations, audiences.") { database, users, filter, allowReturn, json }.Does((parsed, cancellationToken) =>
        {
            var file = parsed.GetValue(users);
            var condition = parsed.GetFilter(filter);
            if (file is null == condition is null)
            {
                throw new UsageException("Expected --users FILE or --filter F, one of the two.");
            }

            using var lurm = LurmDatabase.Open(parsed.GetRequiredValue(database));
            var report = file is not null
                ? lurm.Erase(IdFile.Read(file), parsed.GetValue(allowReturn), cancellationToken)
                : lurm.Erase(condition!, parsed.GetValue(allowReturn), cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(shell, report);
                return;
            }

            shell.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Erased {report.Users:N0} users; {report.UnknownIds:N0} ids were nobody's.{(report.IsFinished ? string.Empty : " The last traces go when no reader holds them; 'lurm check' says when.")}"));
        });
    }
}

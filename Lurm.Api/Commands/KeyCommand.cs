using System.CommandLine;
using Lurm.Api.Security;

namespace Lurm.Api.Commands;

/// <summary><c>lurm key</c>.</summary>
internal static class KeyCommand
{
    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "The key file; made if it is not there." };
        var name = new Argument<string>("NAME") { Description = "Whose key it is: one word, shown in limits and logs." };
        var role = new Option<string>("--role") { Description = "aggregate (counts and curves only), read, ingest, admin, or several joined by '+'.", DefaultValueFactory = _ => "read" };
        return new Command("key", "Make an API key: its hash goes into the file, the key itself is shown once.") { file, name, role }.Does((parsed, _) =>
        {
            var owner = parsed.GetRequiredValue(name);
            var roles = parsed.GetRequiredValue(role);
            if (owner.Any(char.IsWhiteSpace) || owner.StartsWith('#') || owner.Length == 0)
            {
                throw new UsageException($"NAME is '{owner}'; expected one word that does not begin with '#'.");
            }

            if (!ApiKey.TryParseRole(roles, out var _))
            {
                throw new UsageException($"--role is '{roles}'; expected aggregate, read, ingest or admin, or several joined by '+'.");
            }

            var secret = ApiKey.NewSecret();
            var path = parsed.GetRequiredValue(file);
            if (!File.Exists(path))
            {
                File.WriteAllText(path, "# API keys of Lurm: name, role, SHA-256 of the key. Remove a line and the key is void within a second.\n");
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }
            }

            File.AppendAllText(path, $"{owner} {roles} {ApiKey.HashOf(secret)}\n");
            shell.Output.WriteLine(secret);
            shell.Error.WriteLine($"Kept its hash in '{path}'; the key above is shown this once. Send it as the header {Authenticator.ApiKeyHeader}.");
        });
    }
}

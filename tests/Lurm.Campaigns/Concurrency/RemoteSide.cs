using System.Diagnostics;
using System.Globalization;

namespace Lurm.Campaigns.Concurrency;

/// <summary>An opening in a process of its own: a line asks, a line answers, fields between tabs.</summary>
internal sealed class RemoteSide : IShopSide, IDisposable
{
    /// <summary>The command of this program that answers; not for people.</summary>
    public const string Command = "shop-side";

    private const char Answer = '=';
    private const char Failure = '!';

    private readonly Process _process;
    private readonly Lock _turn = new();

    public RemoteSide(string folder)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [typeof(RemoteSide).Assembly.Location, Command, folder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>The other end: answers lines of standard input until it ends.</summary>
    public static void Serve(IShopSide side, TextReader requests, TextWriter answers)
    {
        while (requests.ReadLine() is { } line)
        {
            string answer;
            try
            {
                answer = Answer + Run(side, line.Split('\t'));
            }
            catch (Exception exception)
            {
                answer = $"{Failure}{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}";
            }

            answers.WriteLine(answer);
            answers.Flush();
        }
    }

    public void Add(string batch, string user, string item) => Ask(nameof(Add), batch, user, item);

    public void Erase(string user) => Ask(nameof(Erase), user);

    public void SetNote(string user, string value) => Ask(nameof(SetNote), user, value);

    public string ReadItems(string user) => Ask(nameof(ReadItems), user);

    public string? ReadNote(string user) => Ask(nameof(ReadNote), user) is { Length: > 0 } note ? note : null;

    public void Publish(string model) => Ask(nameof(Publish), model);

    public (string Model, float[] Scores) Similar(string user, int k)
    {
        var fields = Ask(nameof(Similar), user, k.ToString(CultureInfo.InvariantCulture)).Split('\t');
        return (fields[0], [.. fields.Skip(1).Select(score => float.Parse(score, CultureInfo.InvariantCulture))]);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Run(IShopSide side, string[] fields)
    {
        switch (fields)
        {
            case [nameof(Add), var batch, var user, var item]:
                side.Add(batch, user, item);
                return "";
            case [nameof(Erase), var user]:
                side.Erase(user);
                return "";
            case [nameof(SetNote), var user, var value]:
                side.SetNote(user, value);
                return "";
            case [nameof(ReadItems), var user]:
                return side.ReadItems(user);
            case [nameof(ReadNote), var user]:
                return side.ReadNote(user) ?? "";
            case [nameof(Publish), var model]:
                side.Publish(model);
                return "";
            case [nameof(Similar), var user, var k]:
                var (by, scores) = side.Similar(user, int.Parse(k, CultureInfo.InvariantCulture));
                return string.Join('\t', scores.Select(score => score.ToString("R", CultureInfo.InvariantCulture)).Prepend(by));
            default:
                throw new ArgumentException($"'{string.Join(' ', fields)}' is no request", nameof(fields));
        }
    }

    private string Ask(params string[] fields)
    {
        lock (_turn)
        {
            _process.StandardInput.WriteLine(string.Join('\t', fields));
            _process.StandardInput.Flush();
            var answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the other process ended in the middle of a request");
            return answer[0] == Answer ? answer[1..] : throw new InvalidOperationException($"the other process: {answer[1..]}");
        }
    }
}

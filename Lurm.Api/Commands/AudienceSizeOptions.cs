using System.CommandLine;
using System.Globalization;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary>How large an audience is to be: a count, a share, a band or a least score.</summary>
internal sealed class AudienceSizeOptions
{
    private readonly Option<int?> _size = new("--size") { Description = "So many users.", HelpName = "N" };
    private readonly Option<double?> _percent = new("--percent") { Description = "This share of all users, in percent. Default: 1.", HelpName = "P" };
    private readonly Option<string?> _band = new("--band") { Description = "The users between two shares, such as 1-2: the second percent.", HelpName = "A-B" };
    private readonly Option<double?> _minScore = new("--min-score") { Description = "Everyone with at least this score.", HelpName = "S" };

    public void AddTo(Command command)
    {
        command.Add(_size);
        command.Add(_percent);
        command.Add(_band);
        command.Add(_minScore);
        Option[] all = [_size, _percent, _band, _minScore];
        command.Validators.Add(result =>
        {
            var given = all.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToArray();
            if (given.Length > 1)
            {
                result.AddError($"{given[0]} and {given[1]} both say how large the audience is; expected one of --size, --percent, --band and --min-score.");
            }
        });
    }

    public AudienceSize Read(ParseResult parsed)
    {
        if (parsed.GetValue(_size) is { } size)
        {
            return size >= 1 ? AudienceSize.Count(size) : throw new UsageException($"--size is {size}; expected 1 or more.");
        }

        if (parsed.GetValue(_minScore) is { } score)
        {
            return AudienceSize.MinScore(score);
        }

        if (parsed.GetValue(_band) is { } band)
        {
            return ReadBand(band);
        }

        var percent = parsed.GetValue(_percent) ?? 1;
        return percent is > 0 and <= 100
            ? AudienceSize.Percent(percent)
            : throw new UsageException(FormattableString.Invariant($"--percent is {percent}; expected more than 0, at most 100."));
    }

    internal static AudienceSize ReadBand(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var from)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var to)
            && from >= 0 && to <= 100 && from < to
            ? AudienceSize.Band(from, to)
            : throw new UsageException($"--band is '{text}'; expected two shares in percent such as 1-2, the first below the second.");
    }
}

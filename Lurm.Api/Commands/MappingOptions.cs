using System.CommandLine;
using System.CommandLine.Parsing;
using Lurm.Store;

namespace Lurm.Api.Commands;

/// <summary>The options of <c>ingest</c> that say which column is what.</summary>
internal sealed class MappingOptions
{
    private readonly Option<string> _user = Column("--user", "The user's id.", isRequired: true);
    private readonly Option<string> _item = Column("--item", "The item's id.", isRequired: true);
    private readonly Option<string> _time = Column("--time", "When.", isRequired: true);
    private readonly Option<string> _kind = Column("--kind", "The kind of behaviour, such as view or buy.");
    private readonly Option<string> _weight = Column("--weight", "How much an event counts, above 0.");
    private readonly Option<string> _title = Column("--title", "The item's text.");
    private readonly Option<string> _category = Column("--category", "The item's category.");
    private readonly Option<string[]> _attributes = new("--attribute")
    {
        Description = "A user attribute, its name and type (string, number, boolean, date). The value with the latest event time wins.",
        HelpName = "COL[=NAME][:TYPE]",
    };

    private readonly Option<string[]> _wherePresent = new("--where-present")
    {
        Description = "Leave out rows where this column is empty. Rules run in the order given, before anything else.",
        HelpName = "COL",
    };

    private readonly Option<string[]> _wherePositive = new("--where-positive")
    {
        Description = "Leave out rows where this column is not a number above 0.",
        HelpName = "COL",
    };

    private readonly Option<string> _timeFormat = new Option<string>("--time-format")
    {
        Description = "How times are written; auto takes ISO 8601 text, Unix seconds and Unix milliseconds.",
        DefaultValueFactory = _ => "auto",
    }.AcceptOnlyFromAmong("auto", "unix", "unix-ms", "iso");

    private readonly Option<string?> _delimiter = DelimiterOption.Create();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_user, _item, _time, _kind, _weight, _title, _category, _attributes, _wherePresent, _wherePositive, _timeFormat, _delimiter])
        {
            command.Add(option);
        }
    }

    public EventMapping Read(ParseResult parsed) => new()
    {
        UserColumn = parsed.GetRequiredValue(_user),
        ItemColumn = parsed.GetRequiredValue(_item),
        TimeColumn = parsed.GetRequiredValue(_time),
        KindColumn = parsed.GetValue(_kind),
        WeightColumn = parsed.GetValue(_weight),
        TitleColumn = parsed.GetValue(_title),
        CategoryColumn = parsed.GetValue(_category),
        Attributes = [.. (parsed.GetValue(_attributes) ?? []).Select(ReadAttribute)],
        Rules = [.. Rules(parsed)],
        TimeFormat = parsed.GetValue(_timeFormat) switch
        {
            "unix" => TimeFormat.Unix,
            "unix-ms" => TimeFormat.UnixMilliseconds,
            "iso" => TimeFormat.Iso,
            _ => TimeFormat.Auto,
        },
        Delimiter = DelimiterOption.Read(parsed.GetValue(_delimiter)),
    };

    /// <summary>Reads <c>COL[=NAME][:TYPE]</c>; a colon that no type follows is part of the column's name.</summary>
    internal static AttributeColumn ReadAttribute(string text)
    {
        var type = AttributeType.String;
        var colon = text.LastIndexOf(':');
        if (colon >= 0 && TypeOf(text[(colon + 1)..]) is { } named)
        {
            type = named;
            text = text[..colon];
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (column, name) = equals < 0 ? (text, text) : (text[..equals], text[(equals + 1)..]);
        return column.Length > 0 && name.Length > 0
            ? new AttributeColumn(column, name, type)
            : throw new UsageException($"--attribute '{text}' has no column or no name; expected COL[=NAME][:string|number|boolean|date].");
    }

    private static AttributeType? TypeOf(string word) => word switch
    {
        "string" => AttributeType.String,
        "number" => AttributeType.Number,
        "boolean" => AttributeType.Boolean,
        "date" => AttributeType.Date,
        _ => null,
    };

    private static Option<string> Column(string name, string description, bool isRequired = false) => new(name)
    {
        Description = description,
        HelpName = "COL",
        Required = isRequired,
    };

    /// <summary>The rules in the order of the command line, which the two options' own values have lost.</summary>
    private IEnumerable<RowRule> Rules(ParseResult parsed)
    {
        string? option = null;
        foreach (var token in parsed.Tokens)
        {
            if (token.Type == TokenType.Option)
            {
                option = token.Value;
            }
            else if (option == _wherePresent.Name)
            {
                yield return RowRule.WherePresent(token.Value);
                option = null;
            }
            else if (option == _wherePositive.Name)
            {
                yield return RowRule.WherePositive(token.Value);
                option = null;
            }
        }
    }
}

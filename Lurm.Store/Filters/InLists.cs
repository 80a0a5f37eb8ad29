using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Lurm.Store.Attributes;

namespace Lurm.Store.Filters;

/// <summary>Takes the lists of <c>in (…)</c> out of a filter's text and leaves their numbers in their place.</summary>
/// <remarks>
/// The OData library reads such a list of an open property as JSON: dates, doubled quotes and backslashes in it are lost or refused.
/// So the lists are cut out here, quote by quote, and each literal is read as it would be outside a list.
/// </remarks>
internal sealed class InLists
{
    private readonly List<ImmutableArray<AttributeValue?>> _lists = [];
    private readonly HashSet<int> _taken = [];

    private InLists(string text) => Text = text;

    /// <summary>The text with <c>in (n)</c> for the n-th list.</summary>
    public string Text { get; private set; }

    public static InLists CutOut(string filter)
    {
        var lists = new InLists(filter);
        var text = new StringBuilder(filter.Length);
        for (var i = 0; i < filter.Length;)
        {
            var open = ListAt(filter, i);
            var end = open >= 0 ? EndOfList(filter, open) : SkipToken(filter, i);
            if (open < 0)
            {
                text.Append(filter, i, end - i);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"in ({lists._lists.Count})");
                lists._lists.Add(ReadList(filter[(open + 1)..(end - 1)]));
            }

            i = end;
        }

        lists.Text = text.ToString();
        return lists;
    }

    /// <summary>Hands out list <paramref name="number"/>; each is handed out once, for a text may hold such a number of its own.</summary>
    public bool TryTake(int number, out ImmutableArray<AttributeValue?> values)
    {
        values = number >= 0 && number < _lists.Count && _taken.Add(number) ? _lists[number] : default;
        return !values.IsDefault;
    }

    /// <summary>Whether <paramref name="word"/> stands in the text, outside quotes.</summary>
    public bool HasWord(string word)
    {
        for (int i = 0, end; i < Text.Length; i = end)
        {
            end = SkipToken(Text, i);
            if (Text.AsSpan(i, end - i).SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }

    // The '(' of a list whose keyword starts at i, or -1.
    private static int ListAt(string text, int i)
    {
        if (i == 0 || !char.IsWhiteSpace(text[i - 1]) && text[i - 1] != ')' || string.CompareOrdinal(text, i, "in", 0, 2) != 0)
        {
            return -1;
        }

        var open = i + 2;
        while (open < text.Length && char.IsWhiteSpace(text[open]))
        {
            open++;
        }

        return open < text.Length && text[open] == '(' ? open : -1;
    }

    private static int EndOfList(string text, int open)
    {
        var i = open + 1;
        while (i < text.Length && text[i] != ')')
        {
            i = text[i] == '(' ? throw UserFilter.Invalid($"the list at character {open + 1} holds a '('; expected constants") : SkipToken(text, i);
        }

        return i < text.Length ? i + 1 : throw UserFilter.Invalid($"the list that starts at character {open + 1} has no ')'");
    }

    // Past the quoted text, word or single character at i.
    private static int SkipToken(string text, int i)
    {
        if (text[i] == '\'')
        {
            var close = text.IndexOf('\'', i + 1);
            return close < 0 ? text.Length : close + 1;
        }

        var end = i;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return Math.Max(end, i + 1);
    }

    private static ImmutableArray<AttributeValue?> ReadList(string list)
    {
        var values = ImmutableArray.CreateBuilder<AttributeValue?>();
        var start = 0;
        for (var i = 0; i <= list.Length;)
        {
            if (i < list.Length && list[i] != ',')
            {
                i = SkipToken(list, i);
                continue;
            }

            var literal = list[start..i].Trim();
            if (literal.Length > 0 || start > 0 || i < list.Length)
            {
                values.Add(FilterLiteral.Read(literal));
            }

            start = ++i;
        }

        return values.DrainToImmutable();
    }
}

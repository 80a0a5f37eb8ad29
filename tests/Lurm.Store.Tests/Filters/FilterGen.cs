using CsCheck;

namespace Lurm.Store.Tests.Filters;

/// <summary>Random filters over <c>Id</c>, <c>EventCount</c>, <c>LastSeen</c> and the attributes Country (string), Age (number), Subscribed (boolean), Joined (date).</summary>
internal static class FilterGen
{
    public static readonly string[] Countries = ["France", "Finland", "", "it's", "x,y", "(z)", "ÿ", "\uffee", "😀", "a\\b\"c", "%41", "in (1)"];

    private static readonly string[] Fragments =
        ["'", "''", "(", ")", "in (", " in ('a',", ",", " and ", " or ", "not ", " eq ", " ne null", "null", "0", "-1.5e3", "2011-11-01T00:00:00Z", "Lurm.HasInterest(interest=", "contains(", "/", "@p", "$it", "[", "]", "{", "\\", "\"", "any(x:x eq 1)", "cast(", "duration'P1D'", "\ud83d", "\0", "%27", ";", "--", "INF", "geography'", "1L", ":"];

    public static readonly Gen<DateTimeOffset> Moment =
        Gen.Long[0, 2_000_000].Select(hours => DateTimeOffset.UnixEpoch.AddHours(hours / 20 * 4).AddMilliseconds(hours % 3));

    public static readonly Gen<double> Number = Gen.OneOf(Gen.Int[-3, 3].Select(i => (double)i), Gen.Double[-1e6, 1e6], OneOf(1e300, -1e-300, 0.1, 4294967296));

    public static readonly Gen<string> Text = Gen.OneOf(OneOf(Countries), Gen.String[Gen.Char[' ', '\u07ff'], 0, 4]);

    private static readonly Gen<FilterOperator> Order = Gen.Enum<FilterOperator>();

    private static readonly Gen<FilterOperator> Equality = OneOf(FilterOperator.Equal, FilterOperator.NotEqual);

    private static readonly Gen<UserFilter> Leaf = Gen.OneOf(
        Compared("Country", Order, Text.Select(v => (object)v)),
        Compared("Id", Order, Gen.Int[0, 40].Select(i => (object)$"u{i}")),
        Compared("Age", Order, Number.Select(v => (object)v)),
        Compared("EventCount", Order, Gen.Int[0, 30].Select(i => (object)i)),
        Compared("Joined", Order, Moment.Select(v => (object)v)),
        Compared("LastSeen", Order, Moment.Select(v => (object)v)),
        Compared("Subscribed", Equality, Gen.Bool.Select(v => (object)v)),
        Gen.Select(OneOf("Country", "Age", "Joined", "Subscribed", "LastSeen"), Equality, (property, op) => UserFilter.Where(property, op, null)),
        Gen.Select(Text.Select(v => (object?)v), Gen.Bool).Array[1, 4].Select(values => UserFilter.In("Country", values.Select(v => v.Item2 ? v.Item1 : null))),
        Number.Array[1, 4].Select(values => UserFilter.In("Age", values.Select(v => (object?)v))),
        Moment.Array[1, 3].Select(values => UserFilter.In("Joined", values.Select(v => (object?)v))),
        Gen.Int[0, 40].Array[1, 3].Select(ids => UserFilter.In("Id", ids.Select(i => $"u{i}"))),
        Text.Select(text => UserFilter.Contains("Country", text)),
        Text.Select(text => UserFilter.StartsWith("Country", text)),
        Text.Select(text => UserFilter.EndsWith("Country", text)),
        Gen.Int[0, 9].Select(i => UserFilter.EndsWith("Id", $"{i}")));

    public static readonly Gen<UserFilter> Filter = Gen.Recursive<UserFilter>((depth, self) =>
        depth > 3
            ? Leaf
            : Gen.Frequency(
                (3, Leaf),
                (1, self.Select(UserFilter.Not)),
                (1, Gen.Select(self, self, (a, b) => a.And(b))),
                (1, Gen.Select(self, self, (a, b) => a.Or(b)))));

    /// <summary>Valid texts cut, spliced and sprinkled with what parsers stumble over.</summary>
    public static readonly Gen<string> Mutated = Gen.Select(
        Filter.Select(filter => filter.ToString()),
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 3], Gen.OneOf(OneOf(Fragments), Gen.String[0, 3])).Array[0, 4],
        (text, edits) => edits.Aggregate(text, (current, edit) =>
        {
            var (where, removed, inserted) = edit;
            var at = (int)(where * current.Length);
            return string.Concat(current.AsSpan(0, at), inserted, current.AsSpan(Math.Min(current.Length, at + removed)));
        }));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<UserFilter> Compared(string property, Gen<FilterOperator> operators, Gen<object> values) =>
        Gen.Select(operators, values, (op, value) => UserFilter.Where(property, op, value));
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lurm.Store.Attributes;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Filters;

/// <summary>What filters read of users, in memory, as of one moment: who there is, their built-in numbers, and their indexed attributes. Immutable.</summary>
/// <remarks>
/// <see cref="Refresh"/> makes the next one from what changed since, found by version numbers over all processes: an attribute set
/// anywhere is in the next answer here. Costs about 50 bytes a user and 4 per user and indexed attribute.
/// </remarks>
internal sealed class UserColumns
{
    /// <summary>Answers are kept up to this many bytes. At 200,000 users one is 25 KB, and as much again for the same set by the places of the index: 1,300 filters.</summary>
    private const long MaxAnswerBytes = 64 << 20;

    private const string BuiltInColumns = "user_key, first_seen, last_seen, event_count, period_count, item_count";

    // Index 0 to 4: FirstSeen, LastSeen in milliseconds, EventCount, PeriodCount, ItemCount; Missing where there is no value.
    private const long Missing = long.MinValue;

    private const int Dates = 2;

    private static readonly string[] Names = ["FirstSeen", "LastSeen", "EventCount", "PeriodCount", "ItemCount"];

    private readonly UserVersions _versions;
    private readonly UserSet _everyone;
    private readonly long[][] _builtIn;
    private readonly ImmutableDictionary<int, ValueColumn> _attributes;
    private readonly ConcurrentDictionary<string, UserSet> _answers = new(StringComparer.Ordinal);

    private UserColumns(UserVersions versions, AttributeRegistry registry, UserSet everyone, long[][] builtIn, ImmutableDictionary<int, ValueColumn> attributes)
    {
        _versions = versions;
        Registry = registry;
        _everyone = everyone;
        _builtIn = builtIn;
        _attributes = attributes;
    }

    public AttributeRegistry Registry { get; }

    /// <summary>Every user.</summary>
    public UserSet Everyone => _everyone;

    public int Words => _everyone.Words.Length;

    /// <summary>Whether nothing has changed since.</summary>
    public bool IsCurrent(Session session) => _versions == UserVersions.Read(session);

    /// <summary>The columns as of now: <paramref name="known"/> itself where nothing has changed.</summary>
    public static UserColumns Refresh(UserColumns? known, Session snapshot, Func<Session, AttributeRegistry> registry)
    {
        var versions = UserVersions.Read(snapshot);
        if (known is not null && known._versions == versions)
        {
            return known;
        }

        // Deletions leave no version behind.
        if (known is not null && known._versions.Erasure == versions.Erasure)
        {
            return known.Next(snapshot, versions, registry(snapshot));
        }

        var empty = new UserColumns(default, registry(snapshot), new UserSet(new ulong[1]), [[], [], [], [], []], ImmutableDictionary<int, ValueColumn>.Empty);
        return empty.Next(snapshot, versions, registry(snapshot));
    }

    /// <summary>The users that pass; what is not in memory is asked of <paramref name="select"/>, node by node.</summary>
    public UserSet Select(UserFilter filter, Func<UserFilter, IEnumerable<long>> select)
    {
        var text = filter.ToString();
        if (_answers.TryGetValue(text, out var known))
        {
            return known;
        }

        var answer = Evaluate(filter.Root, select);

        // What depends on a model may change without any version of users changing.
        if (!DependsOnModel(filter.Root))
        {
            if ((long)_answers.Count * Words * 2 * sizeof(ulong) >= MaxAnswerBytes)
            {
                _answers.Clear();
            }

            _answers.TryAdd(text, answer);
        }

        return answer;
    }

    private static bool DependsOnModel(FilterNode node) => node switch
    {
        FilterNode.HasInterest => true,
        FilterNode.And and => and.Operands.Any(DependsOnModel),
        FilterNode.Or or => or.Operands.Any(DependsOnModel),
        FilterNode.Not not => DependsOnModel(not.Operand),
        _ => false,
    };

    private UserColumns Next(Session session, UserVersions versions, AttributeRegistry registry)
    {
        var (everyone, builtIn) = _versions.History == versions.History && _versions.LastKey == versions.LastKey ? (_everyone, _builtIn) : NextUsers(session, versions);
        var attributes = ImmutableDictionary.CreateBuilder<int, ValueColumn>();
        foreach (var attribute in registry.All.Where(attribute => attribute.Definition.IsIndexed))
        {
            attributes.Add(attribute.Key, NextColumn(session, attribute, versions));
        }

        return new UserColumns(versions, registry, everyone, builtIn, attributes.ToImmutable());
    }

    private (UserSet Everyone, long[][] BuiltIn) NextUsers(Session session, UserVersions versions)
    {
        var words = new ulong[UserSet.WordsFor(versions.LastKey)];
        _everyone.Words[..Math.Min(_everyone.Words.Length, words.Length)].CopyTo(words);
        var builtIn = Array.ConvertAll(_builtIn, column =>
        {
            var grown = new long[versions.LastKey + 1];
            column.AsSpan(0, Math.Min(column.Length, grown.Length)).CopyTo(grown);
            return grown;
        });

        // New users by key, others by the version of their history.
        using var changed = session.Prepare($"SELECT {BuiltInColumns} FROM users WHERE user_key > ?1 UNION ALL SELECT {BuiltInColumns} FROM users WHERE history_version > ?2 AND user_key <= ?1");
        changed.Bind(1, _versions.LastKey).Bind(2, _versions.History);
        while (changed.Step())
        {
            var key = changed.Int64(0);
            words[key >> 6] |= 1UL << (int)key;
            builtIn[0][key] = changed.IsNull(1) ? Missing : changed.Int64(1) * 1000;
            builtIn[1][key] = changed.IsNull(2) ? Missing : changed.Int64(2) * 1000;
            builtIn[2][key] = changed.Int64(3);
            builtIn[3][key] = changed.Int64(4);
            builtIn[4][key] = changed.Int64(5);
        }

        return (new UserSet(words), builtIn);
    }

    private ValueColumn NextColumn(Session session, RegisteredAttribute attribute, UserVersions versions)
    {
        var known = _attributes.GetValueOrDefault(attribute.Key);
        if (known is not null && _versions.Attribute == versions.Attribute && _versions.LastKey == versions.LastKey)
        {
            return known;
        }

        // The key is a number of ours; as a literal it lets SQLite read the attribute's own index, in the order of values.
        using var values = session.Prepare(known is null
            ? $"SELECT user_key, value FROM attribute_values WHERE attribute_key = {attribute.Key} AND value IS NOT NULL AND ?1 = ?2 ORDER BY value"
            : "SELECT user_key, value FROM attribute_values INDEXED BY attribute_values_by_version WHERE attribute_key = ?1 AND version > ?2");
        values.Bind(1, attribute.Key).Bind(2, known is null ? attribute.Key : _versions.Attribute);
        return known is null ? ValueColumn.Create(Rows(values, attribute.Type), versions.LastKey) : known.With(Rows(values, attribute.Type), versions.LastKey);
    }

    private static IEnumerable<(long UserKey, AttributeValue? Value)> Rows(Statement rows, AttributeType type)
    {
        byte[] text = [];
        AttributeValue? value = null;
        while (rows.Step())
        {
            if (rows.IsNull(1))
            {
                value = null;
            }
            else if (type != AttributeType.String)
            {
                value = AttributeColumnValue.Read(rows, 1, type);
            }
            else if (value is null || !rows.Blob(1).SequenceEqual(text))
            {
                // Equal texts that follow each other share one string.
                value = AttributeColumnValue.Read(rows, 1, type);
                text = rows.Blob(1).ToArray();
            }

            yield return (rows.Int64(0), value);
        }
    }

    private UserSet Evaluate(FilterNode node, Func<UserFilter, IEnumerable<long>> select)
    {
        switch (node)
        {
            case FilterNode.And and:
                return and.Operands.Select(operand => Evaluate(operand, select)).Aggregate((a, b) => a.And(b));
            case FilterNode.Or or:
                return or.Operands.Select(operand => Evaluate(operand, select)).Aggregate((a, b) => a.Or(b));
            case FilterNode.Not not:
                return _everyone.Except(Evaluate(not.Operand, select));
            case FilterNode.Comparison { Operator: FilterOperator.NotEqual } comparison:
                return _everyone.Except(Evaluate(comparison with { Operator = FilterOperator.Equal }, select));
            case FilterNode.Comparison { Value: null } comparison when Has(comparison.Property):
                return _everyone.Except(Present(comparison.Property));
            case FilterNode.Comparison { Value: { } constant } comparison when Has(comparison.Property):
                Find(comparison.Property).Expect(constant);
                return Compare(comparison.Property, comparison.Operator, constant);
            case FilterNode.In membership when Has(membership.Property):
                return Belong(membership);
            case FilterNode.Match match when Has(match.Property):
                Find(match.Property).Expect(AttributeValue.Of(match.Text));
                return Column(match.Property).Select(Matching(match));
            default:
                return UserSet.Of(select(UserFilter.Of(node)), Words);
        }
    }

    private UserSet Belong(FilterNode.In membership)
    {
        var property = Find(membership.Property);
        var constants = membership.Values.OfType<AttributeValue>().ToHashSet();
        foreach (var constant in constants)
        {
            property.Expect(constant);
        }

        var some = Array.IndexOf(Names, membership.Property) is var builtIn and >= 0 ? AnyOf(builtIn, constants) : Column(membership.Property).Select(constants);
        return membership.Values.Contains(null) ? some.Or(_everyone.Except(Present(membership.Property))) : some;
    }

    // An unknown property is not here, and so is named by the SQL compiler.
    private bool Has(string property) =>
        Array.IndexOf(Names, property) >= 0 || (Registry.TryGet(property, out var attribute) && _attributes.ContainsKey(attribute.Key));

    private FilterProperty Find(string property) => FilterProperty.Find(property, Registry);

    private UserSet AnyOf(int builtIn, HashSet<AttributeValue> constants)
    {
        var words = new ulong[Words];
        var column = _builtIn[builtIn];
        var isDate = builtIn < Dates;
        for (var i = 0; i < words.Length; i++)
        {
            for (var rest = _everyone.Words[i]; rest != 0; rest &= rest - 1)
            {
                var bit = System.Numerics.BitOperations.TrailingZeroCount(rest);
                var value = column[(i << 6) + bit];
                if (value != Missing && constants.Contains(isDate ? AttributeValue.OfUnixMilliseconds(value) : AttributeValue.Of((double)value)))
                {
                    words[i] |= 1UL << bit;
                }
            }
        }

        return new UserSet(words);
    }

    private UserSet Present(string property) => Array.IndexOf(Names, property) is var builtIn and >= 0 ? Between(builtIn, Missing + 1, long.MaxValue) : Column(property).Present();

    private UserSet Compare(string property, FilterOperator comparison, AttributeValue constant)
    {
        var builtIn = Array.IndexOf(Names, property);
        if (builtIn < 0)
        {
            return Column(property).Select(comparison, constant);
        }

        // The columns hold whole numbers: those below 2.5 are those up to 2.
        var (down, up) = builtIn < Dates ? (constant.UnixMilliseconds, constant.UnixMilliseconds) : (Whole(Math.Floor(constant.Number)), Whole(Math.Ceiling(constant.Number)));
        return comparison switch
        {
            FilterOperator.Equal => Between(builtIn, up, down),
            FilterOperator.LessThan => Between(builtIn, Missing + 1, up - 1),
            FilterOperator.LessThanOrEqual => Between(builtIn, Missing + 1, down),
            FilterOperator.GreaterThan => Between(builtIn, down + 1, long.MaxValue),
            _ => Between(builtIn, up, long.MaxValue),
        };
    }

    private UserSet Between(int builtIn, long least, long most)
    {
        var words = new ulong[Words];
        ColumnScan.Mark(_builtIn[builtIn], least, most, words);

        // Places of keys that nobody has hold 0.
        return new UserSet(words).And(_everyone);
    }

    private ValueColumn Column(string attribute)
    {
        Registry.TryGet(attribute, out var registered);
        return _attributes[registered!.Key];
    }

    /// <summary>No count comes near the bound, so it changes no answer.</summary>
    private static long Whole(double number) => (long)Math.Clamp(number, -1e18, 1e18);

    private static Func<AttributeValue, bool> Matching(FilterNode.Match match) => match.Kind switch
    {
        TextMatch.Contains => value => value.Text.Contains(match.Text, StringComparison.Ordinal),
        TextMatch.StartsWith => value => value.Text.StartsWith(match.Text, StringComparison.Ordinal),
        _ => value => value.Text.EndsWith(match.Text, StringComparison.Ordinal),
    };
}

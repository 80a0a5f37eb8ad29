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
    /// <summary>Answers are kept up to this many bytes: at 200,000 users 25 KB each, so 1,300 filters.</summary>
    private const long MaxAnswerBytes = 32 << 20;

    private const string BuiltInColumns = "user_key, first_seen, last_seen, event_count, period_count, item_count";

    // Index 0 to 4: FirstSeen, LastSeen in milliseconds, EventCount, PeriodCount, ItemCount; Missing where there is no value.
    private const long Missing = long.MinValue;

    private static readonly string[] Names = ["FirstSeen", "LastSeen", "EventCount", "PeriodCount", "ItemCount"];

    private readonly Versions _versions;
    private readonly UserSet _everyone;
    private readonly long[][] _builtIn;
    private readonly ImmutableDictionary<int, ValueColumn> _attributes;
    private readonly ConcurrentDictionary<string, UserSet> _answers = new(StringComparer.Ordinal);

    private UserColumns(Versions versions, AttributeRegistry registry, UserSet everyone, long[][] builtIn, ImmutableDictionary<int, ValueColumn> attributes)
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

    /// <summary>The columns as of now: <paramref name="known"/> itself where nothing has changed.</summary>
    public static UserColumns Refresh(UserColumns? known, Session snapshot, Func<Session, AttributeRegistry> registry)
    {
        var versions = Versions.Read(snapshot);
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
            if ((long)_answers.Count * Words * sizeof(ulong) >= MaxAnswerBytes)
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

    private UserColumns Next(Session session, Versions versions, AttributeRegistry registry)
    {
        var (everyone, builtIn) = _versions.History == versions.History && _versions.LastKey == versions.LastKey ? (_everyone, _builtIn) : NextUsers(session, versions);
        var attributes = ImmutableDictionary.CreateBuilder<int, ValueColumn>();
        foreach (var attribute in registry.All.Where(attribute => attribute.Definition.IsIndexed))
        {
            attributes.Add(attribute.Key, NextColumn(session, attribute, versions));
        }

        return new UserColumns(versions, registry, everyone, builtIn, attributes.ToImmutable());
    }

    private (UserSet Everyone, long[][] BuiltIn) NextUsers(Session session, Versions versions)
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

    private ValueColumn NextColumn(Session session, RegisteredAttribute attribute, Versions versions)
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
                return _everyone.Except(Values(comparison.Property, _ => true));
            case FilterNode.Comparison { Value: { } constant } comparison when Has(comparison.Property):
                Find(comparison.Property).Expect(constant);
                if (comparison.Operator == FilterOperator.Equal && Registry.TryGet(comparison.Property, out var indexed))
                {
                    return _attributes[indexed.Key].Select(constant);
                }

                return Values(comparison.Property, Comparing(comparison.Operator, constant));
            case FilterNode.In membership when Has(membership.Property):
                return Belong(membership);
            case FilterNode.Match match when Has(match.Property):
                Find(match.Property).Expect(AttributeValue.Of(match.Text));
                return Values(match.Property, Matching(match));
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

        var some = Values(membership.Property, constants.Contains);
        return membership.Values.Contains(null) ? some.Or(_everyone.Except(Values(membership.Property, _ => true))) : some;
    }

    // An unknown property is not here, and so is named by the SQL compiler.
    private bool Has(string property) =>
        Array.IndexOf(Names, property) >= 0 || (Registry.TryGet(property, out var attribute) && _attributes.ContainsKey(attribute.Key));

    private FilterProperty Find(string property) => FilterProperty.Find(property, Registry);

    private UserSet Values(string property, Func<AttributeValue, bool> passes)
    {
        var builtIn = Array.IndexOf(Names, property);
        if (builtIn < 0)
        {
            Registry.TryGet(property, out var attribute);
            return _attributes[attribute!.Key].Select(passes);
        }

        var words = new ulong[Words];
        var column = _builtIn[builtIn];
        var isDate = builtIn < 2;
        for (var i = 0; i < words.Length; i++)
        {
            for (var rest = _everyone.Words[i]; rest != 0; rest &= rest - 1)
            {
                var bit = System.Numerics.BitOperations.TrailingZeroCount(rest);
                var value = column[(i << 6) + bit];
                if (value != Missing && passes(isDate ? AttributeValue.OfUnixMilliseconds(value) : AttributeValue.Of((double)value)))
                {
                    words[i] |= 1UL << bit;
                }
            }
        }

        return new UserSet(words);
    }

    private static Func<AttributeValue, bool> Comparing(FilterOperator comparison, AttributeValue constant) => comparison switch
    {
        FilterOperator.Equal => value => value.Equals(constant),
        FilterOperator.LessThan => value => value.CompareTo(constant) < 0,
        FilterOperator.LessThanOrEqual => value => value.CompareTo(constant) <= 0,
        FilterOperator.GreaterThan => value => value.CompareTo(constant) > 0,
        _ => value => value.CompareTo(constant) >= 0,
    };

    private static Func<AttributeValue, bool> Matching(FilterNode.Match match) => match.Kind switch
    {
        TextMatch.Contains => value => value.Text.Contains(match.Text, StringComparison.Ordinal),
        TextMatch.StartsWith => value => value.Text.StartsWith(match.Text, StringComparison.Ordinal),
        _ => value => value.Text.EndsWith(match.Text, StringComparison.Ordinal),
    };

    /// <summary>The numbers by which a change shows.</summary>
    private readonly record struct Versions(long Attribute, long History, long Erasure, long LastKey)
    {
        public static Versions Read(Session session)
        {
            using var settings = session.Prepare(
                """
                SELECT (SELECT value FROM settings WHERE name = 'attribute_version'), (SELECT value FROM settings WHERE name = 'history_version'),
                       (SELECT value FROM settings WHERE name = 'erasure_version'), (SELECT max(user_key) FROM users)
                """);
            settings.Step();
            return new Versions(settings.Int64(0), settings.Int64(1), settings.Int64(2), settings.Int64(3));
        }
    }
}

using System.Text;
using Lurm.Store.Attributes;
using Lurm.Store.Filters;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Users;

/// <summary>Lists user keys page by page by key set: a page starts after the last row of the one before, so deep pages cost no more than the first.</summary>
internal static class UserListing
{
    private const int MaxOrderKeys = 8;

    /// <summary>The keys of one page, and the token of the next.</summary>
    public static (List<long> Keys, string? Next) Page(Session session, UserListQuery query, AttributeRegistry registry, SqlCondition condition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.Skip);
        if (query.Top is < 1 or > UserListQuery.MaxTop)
        {
            throw new StoreException(StoreFault.Invalid, $"A page of {query.Top} users was asked for; expected 1 to {UserListQuery.MaxTop}.");
        }

        if (query.OrderBy.Count > MaxOrderKeys)
        {
            throw new StoreException(StoreFault.Invalid, $"The order has {query.OrderBy.Count} keys; expected at most {MaxOrderKeys}.");
        }

        var properties = query.OrderBy.Select(key => FilterProperty.Find(key.Property, registry)).ToArray();
        var order = string.Join(',', query.OrderBy.Select(key => $"{key.Property}{(key.IsDescending ? " desc" : string.Empty)}"));
        var after = query.After is null ? null : PageToken.Read(query.After, order, properties.Length);
        List<object?> values = [.. condition.Values];
        var sql = Sql(query, properties, condition, after, values);

        var keys = new List<long>();
        string? next = null;
        var statement = new Statement(session, sql);
        try
        {
            for (var i = 0; i < values.Count; i++)
            {
                SqlCondition.Bind(statement, i + 1, values[i]);
            }

            var last = new object?[properties.Length];
            while (statement.Step())
            {
                if (keys.Count == query.Top)
                {
                    next = new PageToken(order, last, keys[^1]).Write();
                    break;
                }

                keys.Add(statement.Int64(0));
                if (keys.Count == query.Top)
                {
                    for (var i = 0; i < last.Length; i++)
                    {
                        last[i] = Read(statement, i + 1, properties[i].Type);
                    }
                }
            }
        }
        finally
        {
            statement.Close();
        }

        return (keys, next);
    }

    private static string Sql(UserListQuery query, FilterProperty[] properties, SqlCondition condition, PageToken? after, List<object?> values)
    {
        var expressions = properties.Select((property, i) => property.Column ?? $"o{i}.value").ToArray();
        var sql = new StringBuilder("SELECT u.user_key");
        foreach (var expression in expressions)
        {
            sql.Append(", ").Append(expression);
        }

        sql.Append(" FROM users u");
        for (var i = 0; i < properties.Length; i++)
        {
            if (properties[i].Attribute is { } attribute)
            {
                sql.Append($" LEFT JOIN attribute_values o{i} ON o{i}.user_key = u.user_key AND o{i}.attribute_key = {attribute.Key}");
            }
        }

        sql.Append(" WHERE ").Append(condition.Text);
        if (after is not null)
        {
            sql.Append(" AND ").Append(After(query.OrderBy, expressions, after, values));
        }

        sql.Append(" ORDER BY ");
        for (var i = 0; i < expressions.Length; i++)
        {
            sql.Append(expressions[i]).Append(query.OrderBy[i].IsDescending ? " DESC, " : ", ");
        }

        sql.Append("u.user_key LIMIT ").Append(Parameter(values, (long)query.Top + 1));
        if (query.Skip > 0)
        {
            sql.Append(" OFFSET ").Append(Parameter(values, (long)query.Skip));
        }

        return sql.ToString();
    }

    // (e1 after v1) OR (e1 IS v1 AND e2 after v2) OR … OR (all equal AND key after). NULL sorts below everything, as in SQLite and OData.
    private static string After(IReadOnlyList<UserOrder> order, string[] expressions, PageToken after, List<object?> values)
    {
        var alternatives = new List<string>();
        var equal = string.Empty;
        for (var i = 0; i < expressions.Length; i++)
        {
            var (expression, value) = (expressions[i], after.Values[i]);
            var parameter = Parameter(values, value);
            var beyond = (order[i].IsDescending, value) switch
            {
                (false, null) => $"{expression} IS NOT NULL",
                (false, _) => $"{expression} > {parameter}",
                (true, null) => "0",
                (true, _) => $"({expression} < {parameter} OR {expression} IS NULL)",
            };
            alternatives.Add($"({equal}{beyond})");
            equal += $"{expression} IS {parameter} AND ";
        }

        alternatives.Add($"({equal}u.user_key > {Parameter(values, after.UserKey)})");
        return $"({string.Join(" OR ", alternatives)})";
    }

    private static string Parameter(List<object?> values, object? value)
    {
        values.Add(value);
        return $"?{values.Count}";
    }

    private static object? Read(Statement statement, int column, AttributeType type)
    {
        if (statement.IsNull(column))
        {
            return null;
        }

        return type switch
        {
            AttributeType.String => statement.Text(column),
            AttributeType.Number => statement.Double(column),
            _ => statement.Int64(column),
        };
    }
}

using Lurm.Store.Sqlite;

namespace Lurm.Store.Filters;

/// <summary>A condition on <c>users u</c> as SQL text with the values of its parameters, which are numbered from 1.</summary>
internal sealed record SqlCondition(string Text, IReadOnlyList<object> Values)
{
    /// <summary>True of every user.</summary>
    public static readonly SqlCondition All = new("1", []);

    /// <summary>Binds the values; the caller's own parameters follow after <c>Values.Count</c>.</summary>
    public void Bind(Statement statement)
    {
        for (var i = 0; i < Values.Count; i++)
        {
            Bind(statement, i + 1, Values[i]);
        }
    }

    public static void Bind(Statement statement, int parameter, object? value)
    {
        _ = value switch
        {
            null => statement.BindNull(parameter),
            string text => statement.BindText(parameter, text),
            double number => statement.Bind(parameter, number),
            long integer => statement.Bind(parameter, integer),
            byte[] utf8 => statement.BindText(parameter, utf8),
            _ => throw new ArgumentException($"a parameter is a {value.GetType()}", nameof(value)),
        };
    }
}

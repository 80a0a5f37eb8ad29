using Lurm.Store.Sqlite;

namespace Lurm.Store.Attributes;

/// <summary>Reads a value from a row.</summary>
internal static class AttributeColumnValue
{
    /// <summary>The value in <paramref name="column"/>, which is not NULL.</summary>
    public static AttributeValue Read(Statement statement, int column, AttributeType type) => type switch
    {
        AttributeType.String => AttributeValue.Of(statement.Text(column)!),
        AttributeType.Number => AttributeValue.Of(statement.Double(column)),
        AttributeType.Boolean => AttributeValue.Of(statement.Int64(column) != 0),
        _ => AttributeValue.OfUnixMilliseconds(statement.Int64(column)),
    };
}

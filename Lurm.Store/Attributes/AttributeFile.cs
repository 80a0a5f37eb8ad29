using System.Text;
using Lurm.Store.Ingestion;
using Lurm.Store.Privacy;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Attributes;

/// <summary>Reads a file of user attributes twice: once to check every row, once to apply them, so that a bad row leaves nothing behind.</summary>
internal sealed class AttributeFile(LurmDatabase database, string path, AttributeMapping mapping)
{
    private const int RowsPerTransaction = 5_000;

    private readonly string[] _names = [mapping.UserColumn, .. mapping.Attributes.Select(attribute => attribute.Column)];

    public long Rows { get; private set; }

    public long Added { get; private set; }

    public long Changed { get; private set; }

    public long Suppressed { get; private set; }

    /// <exception cref="StoreException">A column is missing or a row is bad; the message names its line.</exception>
    public void Check(CancellationToken cancellationToken)
    {
        if (_names.Length == 1 || _names.Distinct(StringComparer.Ordinal).Count() != _names.Length)
        {
            throw new StoreException(StoreFault.Invalid, $"The mapping names {_names.Length - 1} attribute columns beside '{mapping.UserColumn}'; expected at least one, and none twice.");
        }

        // Names and types are tried in a transaction that is rolled back.
        using (var write = database.Connections.Write(cancellationToken))
        using (var writer = new AttributeWriter(write.Session))
        {
            Register(writer);
        }

        var values = new AttributeValue?[mapping.Attributes.Count];
        using var rows = Open();
        while (Next(rows, cancellationToken))
        {
            ReadRow(rows, values);
            Rows++;
        }
    }

    public void Apply(CancellationToken cancellationToken)
    {
        var values = new AttributeValue?[mapping.Attributes.Count];
        var now = database.Time.GetUtcNow().ToUnixTimeMilliseconds();
        using var rows = Open();
        var more = true;
        while (more)
        {
            using var write = database.Connections.Write(cancellationToken);
            using (var writer = new AttributeWriter(write.Session))
            {
                var attributes = Register(writer);
                var suppressed = SuppressionList.Read(write.Session);
                for (var i = 0; i < RowsPerTransaction && (more = Next(rows, cancellationToken)); i++)
                {
                    Apply(write.Session, writer, attributes, suppressed, ReadRow(rows, values), values, now);
                }
            }

            write.Commit();
        }
    }

    private void Apply(Session session, AttributeWriter writer, RegisteredAttribute[] attributes, SuppressionList suppressed, string userId, AttributeValue?[] values, long now)
    {
        var isKnown = UserRows.TryGetKey(session, userId, out var key);
        if (!isKnown)
        {
            if (suppressed.Contains(userId))
            {
                Suppressed++;
                return;
            }

            key = UserRows.Add(session, userId);
            Added++;
        }

        var changed = false;
        for (var i = 0; i < values.Length; i++)
        {
            changed |= values[i] is { } value && writer.Set(key, attributes[i], value, now);
        }

        Changed += isKnown && changed ? 1 : 0;
    }

    private RegisteredAttribute[] Register(AttributeWriter writer) => [.. mapping.Attributes.Select(attribute => writer.Register(attribute.Name, attribute.Type))];

    private RowSource Open() => RowFiles.Open(path, _names, _ => true, mapping.Delimiter);

    private static bool Next(RowSource rows, CancellationToken cancellationToken)
    {
        try
        {
            return rows.Read(cancellationToken);
        }
        catch (RowException exception)
        {
            throw Bad(rows, exception.Column, exception.Message);
        }
    }

    private string ReadRow(RowSource rows, AttributeValue?[] values)
    {
        var userId = Encoding.UTF8.GetString(rows[0]);
        if (!UserId.TryCreate(userId, out _, out var reason))
        {
            throw Bad(rows, mapping.UserColumn, reason!);
        }

        for (var i = 0; i < values.Length; i++)
        {
            var text = rows[i + 1];
            var column = mapping.Attributes[i];
            if (text.IsEmpty)
            {
                values[i] = null;
                continue;
            }

            values[i] = AttributeValue.TryParse(Encoding.UTF8.GetString(text), column.Type, out var value, out reason) ? value : throw Bad(rows, column.Column, reason);
        }

        return userId;
    }

    private static StoreException Bad(RowSource rows, string? column, string reason) =>
        new(StoreFault.Invalid, $"'{rows.Name}', line {rows.Line}{(column is null ? string.Empty : $", column '{column}'")}: {reason}. Nothing was stored; mend the row and import again.");
}

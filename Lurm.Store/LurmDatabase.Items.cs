using System.Diagnostics;
using System.Runtime.InteropServices;
using Lurm.Store.Items;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Names of the kinds of behaviour, by kind key; the first, of key 0, is empty: "no kind".</summary>
    public IReadOnlyList<string> Kinds
    {
        get
        {
            var kinds = new List<string>();
            using var read = _connections.Read();
            using var statement = read.Session.Prepare("SELECT kind_key, name FROM kinds ORDER BY kind_key");
            while (statement.Step())
            {
                while (kinds.Count < statement.Int32(0))
                {
                    kinds.Add(string.Empty);
                }

                kinds.Add(statement.Text(1)!);
            }

            return kinds;
        }
    }

    /// <summary>Adds or changes items from a file (CSV, TSV, NDJSON or Parquet, plain or gzip); its texts and vectors win over what rode with events.</summary>
    /// <param name="path">The file; it is read twice, once to check it.</param>
    /// <param name="mapping">Which columns are what; at least one beside the id.</param>
    /// <param name="cancellationToken">Checked a few times a second; what was written until then stays.</param>
    /// <exception cref="StoreException">The file or a column is missing, or a row is bad; nothing was stored.</exception>
    public ImportReport ImportItems(string path, ItemMapping mapping, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(mapping);
        var clock = Stopwatch.StartNew();
        var file = new ItemFile(path, mapping, _connections);
        file.Import(cancellationToken);
        return new ImportReport(file.Rows, file.Added, file.Changed, clock.Elapsed);
    }

    /// <summary>The whole catalogue, by item key.</summary>
    public IReadOnlyList<ItemRecord> ReadItems(CancellationToken cancellationToken = default)
    {
        const int Page = 20_000;
        var items = new List<ItemRecord>();
        var more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var after = items.Count == 0 ? 0 : items[^1].Key;
            more = false;
            using var read = _connections.Read();
            using var statement = read.Session.Prepare("SELECT item_key, id, title, category, vector FROM items WHERE item_key > ?1 ORDER BY item_key LIMIT ?2");
            statement.Bind(1, after).Bind(2, Page);
            while (statement.Step())
            {
                more = true;
                items.Add(new ItemRecord(
                    statement.Int32(0),
                    statement.Text(1)!,
                    statement.Text(2),
                    statement.Text(3),
                    MemoryMarshal.Cast<byte, float>(statement.Blob(4)).ToArray()));
            }
        }

        return items;
    }
}

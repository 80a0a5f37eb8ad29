using Lurm.Store.Queries;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Writes every user's id and representation to <paramref name="path"/> (<c>.csv</c> or <c>.parquet</c>): columns user_id, v0, v1, …</summary>
    /// <param name="path">What was there is replaced once the new file is whole.</param>
    /// <param name="cancellationToken">Checked once per 50,000 users.</param>
    /// <exception cref="StoreException">Invalid: another ending. Unavailable: nothing is embedded, or the file cannot be written.</exception>
    public void ExportVectors(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Ask(
            path,
            static (lurm, view, file, stop) =>
            {
                VectorExport.Write(lurm, view, file, stop);
                return true;
            },
            cancellationToken);
    }
}

namespace Lurm.Store.Ingestion;

/// <summary>Opens a file of rows by what its name says: <c>.ndjson</c>, <c>.jsonl</c> and <c>.json</c> are JSON lines, <c>.parquet</c> is Parquet, the rest is delimited text; <c>.gz</c> behind any but Parquet.</summary>
internal static class RowFiles
{
    /// <summary>From this size on a file's rows are taken apart on a thread of their own.</summary>
    private const long LargeBytes = 1 << 20;

    /// <param name="path">The file.</param>
    /// <param name="wanted">A column's name for each slot.</param>
    /// <param name="isRequired">Whether a slot's column must be there.</param>
    /// <param name="delimiter">Null: told from the name or the header.</param>
    /// <param name="lookAhead">Looks up users and items ahead of a large file's reader.</param>
    public static RowSource Open(string path, IReadOnlyList<string> wanted, Predicate<int> isRequired, char? delimiter, LookAhead? lookAhead = null)
    {
        var rows = OpenOne(path, wanted, isRequired, delimiter);
        return new FileInfo(path).Length < LargeBytes ? rows : new RowsAhead(rows, wanted.Count, lookAhead);
    }

    /// <summary>Opens a file to be read once from its start.</summary>
    /// <exception cref="StoreException">It is not there, is a folder, or cannot be read.</exception>
    public static FileStream OpenBytes(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        }
        catch (UnauthorizedAccessException exception) when (Directory.Exists(path))
        {
            throw new StoreException(StoreFault.Invalid, $"'{path}' is a folder; expected a file of rows.", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StoreException(StoreFault.NotFound, $"'{path}' is not there; expected a file of rows.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"'{path}' could not be read: {exception.Message}", exception);
        }
    }

    private static RowSource OpenOne(string path, IReadOnlyList<string> wanted, Predicate<int> isRequired, char? delimiter)
    {
        var name = Path.GetFileName(path);
        var plain = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        var feed = ByteFeed.Open(path);
        try
        {
            return Path.GetExtension(plain).ToUpperInvariant() switch
            {
                ".NDJSON" or ".JSONL" or ".JSON" => new NdjsonRows(feed, name, wanted),
                ".PARQUET" when feed.IsGzip => throw new StoreException(StoreFault.Invalid, $"'{name}' is Parquet inside gzip; expected Parquet as it is, which is compressed inside and read from its end. Decompress it first."),
                ".PARQUET" => new ParquetRows(feed.Stream, name, wanted, isRequired),
                ".TSV" or ".TAB" => new CsvRows(feed, name, wanted, isRequired, Delimiter(delimiter ?? '\t')),
                _ => new CsvRows(feed, name, wanted, isRequired, delimiter is { } given ? Delimiter(given) : null),
            };
        }
        catch
        {
            feed.Dispose();
            throw;
        }
    }

    private static byte Delimiter(char delimiter) => delimiter is < (char)128 and not ('"' or '\r' or '\n')
        ? (byte)delimiter
        : throw new StoreException(StoreFault.Invalid, $"'{delimiter}' cannot be a delimiter; expected one ASCII character that is no quote and no line end.");
}

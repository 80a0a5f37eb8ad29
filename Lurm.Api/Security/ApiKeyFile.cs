using System.Collections.Frozen;

namespace Lurm.Api.Security;

/// <summary>The API keys of a file, read again when the file changes; looked at once a second at most.</summary>
internal sealed class ApiKeyFile
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeyFile> _logger;
    private readonly Lock _gate = new();
    private volatile FrozenDictionary<string, ApiKey> _byHash;
    private DateTime _written;
    private long _looked;

    /// <exception cref="InvalidDataException">A line is no key; at start-up that stops the server.</exception>
    public ApiKeyFile(string path, TimeProvider time, ILogger<ApiKeyFile> logger)
    {
        _path = path;
        _time = time;
        _logger = logger;
        _written = File.GetLastWriteTimeUtc(path);
        _looked = time.GetTimestamp();
        _byHash = Read(path);
        logger.KeysRead(_byHash.Count, path);
    }

    public bool TryFind(string secret, out ApiKey? key)
    {
        LookAgain();

        // By hash of the secret: what leaks through timing is about the hash, not the secret.
        return _byHash.TryGetValue(ApiKey.HashOf(secret), out key);
    }

    internal static FrozenDictionary<string, ApiKey> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The API key file '{path}' does not exist. Make one with 'lurm key {path} NAME --role read'.");
        }

        var keys = new Dictionary<string, ApiKey>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
            {
                continue;
            }

            if (!ApiKey.TryParse(line, out var key, out var reason))
            {
                throw new InvalidDataException($"'{path}' line {number} {reason}.");
            }

            keys[key!.Hash] = key;
        }

        return keys.Count > 0
            ? keys.ToFrozenDictionary(StringComparer.Ordinal)
            : throw new InvalidDataException($"'{path}' has no keys. Make one with 'lurm key {path} NAME --role read'.");
    }

    private void LookAgain()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _looked)) < LookEvery)
        {
            return;
        }

        lock (_gate)
        {
            Volatile.Write(ref _looked, _time.GetTimestamp());
            var written = File.GetLastWriteTimeUtc(_path);
            if (written == _written)
            {
                return;
            }

            try
            {
                _byHash = Read(_path);
                _logger.KeysRead(_byHash.Count, _path);
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                _logger.KeysNotRead(fault, _path);
            }

            _written = written;
        }
    }
}

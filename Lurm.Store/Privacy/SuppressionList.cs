using System.Security.Cryptography;
using System.Text;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Privacy;

/// <summary>The erased ids that must not come back, as keyed hashes: who holds the file can test an id they already know, but read none.</summary>
/// <remarks>Read once per transaction; one thread.</remarks>
internal sealed class SuppressionList
{
    private const int KeyBytes = 32;

    private readonly Session _session;
    private readonly byte[]? _key;

    private SuppressionList(Session session, byte[]? key)
    {
        _session = session;
        _key = key;
    }

    /// <summary>Whether nothing was ever suppressed, so that looking ids up can be left out.</summary>
    public bool IsEmpty => _key is null;

    public static SuppressionList Read(Session session)
    {
        using var key = session.Prepare("SELECT value FROM settings WHERE name = 'suppression_key'");
        return new SuppressionList(session, key.Step() ? key.Blob(0).ToArray() : null);
    }

    public bool Contains(string userId) => Contains(Encoding.UTF8.GetBytes(userId));

    /// <summary>Whether an id, as UTF-8, was erased for good.</summary>
    public bool Contains(ReadOnlySpan<byte> userId)
    {
        if (_key is null)
        {
            return false;
        }

        using var statement = _session.Prepare("SELECT 1 FROM suppressed WHERE hash = ?1");
        return statement.BindBlob(1, HMACSHA256.HashData(_key, userId)).Step();
    }

    /// <summary>Adds ids inside the caller's write transaction; the key is made at the first use.</summary>
    public static void Add(Session session, IEnumerable<string> userIds, long unixMilliseconds)
    {
        var key = Read(session)._key;
        if (key is null)
        {
            key = RandomNumberGenerator.GetBytes(KeyBytes);
            using var insertKey = session.Prepare("INSERT INTO settings (name, value) VALUES ('suppression_key', ?1)");
            insertKey.BindBlob(1, key).Run();
        }

        using var insert = session.Prepare("INSERT OR IGNORE INTO suppressed (hash, erased_at) VALUES (?1, ?2)");
        foreach (var userId in userIds)
        {
            insert.BindBlob(1, HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(userId))).Bind(2, unixMilliseconds).Run();
        }
    }

    /// <summary>Lets ids come back, inside the caller's write transaction.</summary>
    public static void Remove(Session session, IEnumerable<string> userIds)
    {
        if (Read(session)._key is not { } key)
        {
            return;
        }

        using var delete = session.Prepare("DELETE FROM suppressed WHERE hash = ?1");
        foreach (var userId in userIds)
        {
            delete.BindBlob(1, HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(userId))).Run();
        }
    }
}

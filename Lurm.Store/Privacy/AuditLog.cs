using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Privacy;

/// <summary>The append-only, hash-chained record of what was done to the database. Details hold counts and names of attributes or models, never user ids.</summary>
internal static class AuditLog
{
    /// <summary>Adds a row inside the caller's write transaction.</summary>
    /// <param name="session">The writer.</param>
    /// <param name="action">What was done, as in <c>erasure.done</c>.</param>
    /// <param name="details">Written as JSON.</param>
    /// <param name="time">The clock; the system's where none is given.</param>
    public static void Append(Session session, string action, object details, TimeProvider? time = null)
    {
        var json = JsonSerializer.Serialize(details, JsonSerializerOptions.Web);
        var at = (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeMilliseconds();
        byte[] previous = [];
        long sequence = 1;
        using (var last = session.Prepare("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"))
        {
            if (last.Step())
            {
                sequence = last.Int64(0) + 1;
                previous = last.Blob(1).ToArray();
            }
        }

        using var insert = session.Prepare("INSERT INTO audit (sequence, at, action, details, hash) VALUES (?1, ?2, ?3, ?4, ?5)");
        insert.Bind(1, sequence).Bind(2, at).BindText(3, action).BindText(4, json).BindBlob(5, Hash(previous, sequence, at, action, json)).Run();
    }

    /// <summary>Walks the chain; the first sequence that does not fit, or 0.</summary>
    public static long FirstBreak(Session session)
    {
        byte[] previous = [];
        long expected = 1;
        using var rows = session.Prepare("SELECT sequence, at, action, details, hash FROM audit ORDER BY sequence");
        for (; rows.Step(); expected++)
        {
            var hash = Hash(previous, expected, rows.Int64(1), rows.Text(2)!, rows.Text(3)!);
            if (rows.Int64(0) != expected || !rows.Blob(4).SequenceEqual(hash))
            {
                return expected;
            }

            previous = hash;
        }

        return 0;
    }

    // SHA-256(previous ‖ sequence ‖ at ‖ length of action ‖ action ‖ details), integers as 8 bytes little-endian, text as UTF-8.
    private static byte[] Hash(byte[] previous, long sequence, long at, string action, string details)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> integers = stackalloc byte[24];
        var name = Encoding.UTF8.GetBytes(action);
        BinaryPrimitives.WriteInt64LittleEndian(integers, sequence);
        BinaryPrimitives.WriteInt64LittleEndian(integers[8..], at);
        BinaryPrimitives.WriteInt64LittleEndian(integers[16..], name.Length);
        hash.AppendData(previous);
        hash.AppendData(integers);
        hash.AppendData(name);
        hash.AppendData(Encoding.UTF8.GetBytes(details));
        return hash.GetHashAndReset();
    }
}

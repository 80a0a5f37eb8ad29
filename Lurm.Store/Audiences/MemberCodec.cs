using System.Buffers.Binary;

namespace Lurm.Store.Audiences;

/// <summary>A page of members: per rank 8 bytes of user key and 4 of score, little-endian. An erased member is key 0; the ranks of others stay.</summary>
internal static class MemberCodec
{
    /// <summary>Members of a page: 12 KB, so that one page is a few of SQLite's.</summary>
    public const int PageMembers = 1_000;

    private const int MemberBytes = 12;

    public static byte[] Write(ReadOnlySpan<long> keys, ReadOnlySpan<float> scores)
    {
        var bytes = new byte[keys.Length * MemberBytes];
        for (var i = 0; i < keys.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * MemberBytes), keys[i]);
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan((i * MemberBytes) + 8), scores[i]);
        }

        return bytes;
    }

    public static int Count(ReadOnlySpan<byte> page) => page.Length / MemberBytes;

    /// <summary>How many members of a page are not erased.</summary>
    public static int CountLive(ReadOnlySpan<byte> page)
    {
        var live = 0;
        for (var i = 0; i < Count(page); i++)
        {
            live += Read(page, i).Key == 0 ? 0 : 1;
        }

        return live;
    }

    public static (long Key, float Score) Read(ReadOnlySpan<byte> page, int index) =>
        (BinaryPrimitives.ReadInt64LittleEndian(page[(index * MemberBytes)..]), BinaryPrimitives.ReadSingleLittleEndian(page[((index * MemberBytes) + 8)..]));

    /// <summary>Zeroes the members that are in <paramref name="erased"/>; false where none is.</summary>
    public static bool Erase(Span<byte> page, HashSet<long> erased)
    {
        var found = false;
        for (var i = 0; i < Count(page); i++)
        {
            if (erased.Contains(Read(page, i).Key))
            {
                page.Slice(i * MemberBytes, MemberBytes).Clear();
                found = true;
            }
        }

        return found;
    }
}

using System.IO.Hashing;
using System.Text;
using Lurm.Store.Histories;

namespace Lurm.Store.Ingestion;

/// <summary>A checked batch on disk, beside its events: enough to go on after the process died. Written whole, synced and renamed; ends with a checksum.</summary>
internal static class BatchFile
{
    private const int Magic = 0x42524C32;

    public static void Save(EventBatch batch, SpoolFolder folder)
    {
        var unfinished = folder.BatchFile + ".writing";
        using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
        {
            using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
            {
                writer.Write(Magic);
                batch.Spool.Save(writer);
                Write(writer, batch);
            }

            stream.Flush();
            stream.Position = 0;
            var hash = new XxHash3();
            hash.Append(stream);
            stream.Write(BitConverter.GetBytes(hash.GetCurrentHashAsUInt64()));
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, folder.BatchFile);
    }

    public static EventBatch Load(SpoolFolder folder, PeriodGrain grain)
    {
        using var stream = new FileStream(folder.BatchFile, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        Check(stream, folder.BatchFile);
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        var magic = reader.ReadInt32();
        if (magic != Magic)
        {
            throw new StoreException(StoreFault.Incompatible, $"the spool of an unfinished batch, '{folder.BatchFile}', has format {magic:X8}; expected {Magic:X8}. Open the database once with the Lurm that began the batch, which finishes it.");
        }

        var batch = new EventBatch(grain, 0, null, EventSpool.Load(folder.EventsFile, reader));
        Read(reader, batch);
        return batch;
    }

    private static void Write(BinaryWriter writer, EventBatch batch)
    {
        writer.Write(batch.FirstNewKey);
        writer.Write(batch.Users.Length);
        for (var i = 0; i < batch.Users.Length; i++)
        {
            ref readonly var user = ref batch.Users[i];
            WriteBytes(writer, batch.UserIds[i]);
            writer.Write(user.Key);
            writer.Write(user.FirstSeen);
            writer.Write(user.LastSeen);
            writer.Write(user.Events);
        }

        writer.Write(batch.Items.Length);
        for (var i = 0; i < batch.Items.Length; i++)
        {
            ref readonly var item = ref batch.Items[i];
            WriteBytes(writer, batch.ItemIds[i]);
            writer.Write(item.IsMet);
            writer.Write(item.TextTime);
            WriteBytes(writer, item.Title);
            WriteBytes(writer, item.Category);
        }

        writer.Write(batch.Kinds.Count);
        for (var i = 0; i < batch.Kinds.Count; i++)
        {
            WriteBytes(writer, batch.Kinds[i]);
        }

        writer.Write(batch.Attributes.Count);
        foreach (var attribute in batch.Attributes)
        {
            writer.Write(attribute.Name);
            writer.Write((byte)attribute.Type);
            writer.Write(attribute.Texts.Count);
            for (var i = 0; i < attribute.Texts.Count; i++)
            {
                WriteBytes(writer, attribute.Texts[i]);
            }

            for (var user = 0; user < batch.Users.Length; user++)
            {
                writer.Write(attribute.TryGet(user, out var value, out var seconds) ? value : -1);
                writer.Write(seconds);
            }
        }
    }

    private static void Read(BinaryReader reader, EventBatch batch)
    {
        batch.FirstNewKey = reader.ReadInt64();
        for (var users = reader.ReadInt32(); users > 0; users--)
        {
            batch.Restore(
                ReadBytes(reader),
                new BatchUser { Key = reader.ReadInt64(), FirstSeen = reader.ReadInt64(), LastSeen = reader.ReadInt64(), Events = reader.ReadInt32() });
        }

        for (var items = reader.ReadInt32(); items > 0; items--)
        {
            batch.Restore(ReadBytes(reader), new BatchItem { IsMet = reader.ReadBoolean(), TextTime = reader.ReadInt64(), Title = ReadText(reader), Category = ReadText(reader) });
        }

        for (var kinds = reader.ReadInt32(); kinds > 0; kinds--)
        {
            batch.Kinds.Intern(ReadBytes(reader));
        }

        for (var attributes = reader.ReadInt32(); attributes > 0; attributes--)
        {
            var attribute = new BatchAttribute(reader.ReadString(), (AttributeType)reader.ReadByte());
            batch.Attributes.Add(attribute);
            for (var texts = reader.ReadInt32(); texts > 0; texts--)
            {
                attribute.Value(ReadBytes(reader), attribute.Name);
            }

            for (var user = 0; user < batch.Users.Length; user++)
            {
                var value = reader.ReadInt32();
                attribute.Set(user, value, reader.ReadInt64());
            }
        }
    }

    private static void Check(FileStream stream, string path)
    {
        var bytes = stream.Length - sizeof(ulong);
        var hash = new XxHash3();
        var buffer = new byte[1 << 16];
        for (var left = bytes; left > 0;)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0)
            {
                break;
            }

            hash.Append(buffer.AsSpan(0, read));
            left -= read;
        }

        var stored = new byte[sizeof(ulong)];
        if (bytes <= sizeof(int) || stream.ReadAtLeast(stored, stored.Length, throwOnEndOfStream: false) != stored.Length || BitConverter.ToUInt64(stored) != hash.GetCurrentHashAsUInt64())
        {
            throw new StoreException(StoreFault.Corrupt, $"the spool of an unfinished batch, '{path}', is damaged. Restore a backup of the whole folder.");
        }

        stream.Position = 0;
    }

    private static void WriteBytes(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write7BitEncodedInt(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.Read7BitEncodedInt());

    private static byte[]? ReadText(BinaryReader reader) => ReadBytes(reader) is { Length: > 0 } text ? text : null;
}

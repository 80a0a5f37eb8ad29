using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lurm.Store.Ingestion;

/// <summary>The events of a batch, apart by ranges of user keys so that they can be applied range after range: small ones in memory, large ones in one file of pages.</summary>
/// <remarks>One thread while it is filled; then any one thread may read.</remarks>
internal sealed class EventSpool : IDisposable
{
    /// <summary>User keys of one partition: 2^13, some hundred kilobytes of histories.</summary>
    public const int PartitionBits = 13;

    private const int PageEvents = 4096;
    private const int FirstPageEvents = 32;

    /// <summary>The disk is given this much at a time while rows are still being read, so that the last flush waits for little.</summary>
    private const long FlushBytes = 64 << 20;

    private readonly Func<string> _file;
    private readonly long _memoryEvents;
    private Partition?[] _partitions = new Partition?[64];
    private Partition? _last;
    private FileStream? _stream;
    private Task _flush = Task.CompletedTask;
    private long _flushedTo;

    /// <summary>Keeps up to <paramref name="memoryEvents"/> in memory, then everything in the file that <paramref name="file"/> names when asked.</summary>
    public EventSpool(Func<string> file, long memoryEvents)
    {
        _file = file;
        _memoryEvents = memoryEvents;
    }

    public long Count { get; private set; }

    /// <summary>Whether its file was begun.</summary>
    public bool IsOnDisk => _stream is not null;

    /// <summary>Opens what <see cref="Save"/> left.</summary>
    public static EventSpool Load(string file, BinaryReader index)
    {
        var spool = new EventSpool(() => file, 0) { Count = index.ReadInt64(), _stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1) };
        for (var partitions = index.ReadInt32(); partitions > 0; partitions--)
        {
            var partition = new Partition(index.ReadInt32());
            for (var pages = index.ReadInt32(); pages > 0; pages--)
            {
                partition.Full.Add(new Page(null, index.ReadInt64(), index.ReadInt32()));
            }

            spool.Place(partition);
        }

        return spool;
    }

    /// <summary>Writes what is still in memory, makes the file durable, and says where everything lies.</summary>
    public void Save(BinaryWriter index)
    {
        Spill();
        index.Write(Count);
        index.Write(_partitions.Count(partition => partition is not null));
        foreach (var partition in _partitions.OfType<Partition>())
        {
            if (partition.Used > 0)
            {
                partition.Full.Add(Write(partition.Page.AsSpan(0, partition.Used)));
                partition.Page = [];
                partition.Used = 0;
            }

            index.Write(partition.Number);
            index.Write(partition.Full.Count);
            foreach (var page in partition.Full)
            {
                index.Write(page.Offset);
                index.Write(page.Count);
            }
        }

        _flush.GetAwaiter().GetResult();
        _stream!.Flush(flushToDisk: true);
    }

    /// <summary>Adds an event of the user whose (real or provisional) key is <paramref name="userKey"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(long userKey, in SpooledEvent one)
    {
        var number = (int)(userKey >> PartitionBits);
        var partition = _last;
        if (partition is null || partition.Number != number)
        {
            partition = number < _partitions.Length ? _partitions[number] : null;
            if (partition is null)
            {
                partition = new Partition(number);
                Place(partition);
            }

            _last = partition;
        }

        if (partition.Used == partition.Page.Length)
        {
            TurnPage(partition);
        }

        partition.Page[partition.Used++] = one;
        Count++;
    }

    /// <summary>Calls <paramref name="take"/> with every event of the partitions from <paramref name="firstKey"/>'s to <paramref name="lastKey"/>'s, in order of arrival within each.</summary>
    public void Read(long firstKey, long lastKey, Action<ReadOnlySpan<SpooledEvent>> take)
    {
        var page = new SpooledEvent[PageEvents];
        var last = (int)Math.Min(lastKey >> PartitionBits, _partitions.Length - 1);
        for (var number = (int)(firstKey >> PartitionBits); number <= last; number++)
        {
            if (_partitions[number] is not { } partition)
            {
                continue;
            }

            foreach (var full in partition.Full)
            {
                if (full.Events is { } events)
                {
                    take(events);
                    continue;
                }

                var target = page.AsSpan(0, full.Count);
                Read(full.Offset, MemoryMarshal.AsBytes(target));
                take(target);
            }

            take(partition.Page.AsSpan(0, partition.Used));
        }
    }

    public void Dispose()
    {
        // A failed flush says so in Save; a spool that is thrown away needs none.
        ((IAsyncResult)_flush).AsyncWaitHandle.WaitOne();
        _stream?.Dispose();
    }

    private void Read(long offset, Span<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(_stream!.SafeFileHandle, bytes[done..], offset + done);
            done += read > 0 ? read : throw new StoreException(StoreFault.Corrupt, $"the spool '{_stream.Name}' ends after {offset + done} bytes; expected more.");
        }
    }

    private void Place(Partition partition)
    {
        if (partition.Number >= _partitions.Length)
        {
            Array.Resize(ref _partitions, Math.Max(partition.Number + 1, _partitions.Length * 2));
        }

        _partitions[partition.Number] = partition;
    }

    private void TurnPage(Partition partition)
    {
        if (partition.Page.Length < PageEvents)
        {
            Array.Resize(ref partition.Page, Math.Clamp(partition.Page.Length * 4, FirstPageEvents, PageEvents));
            return;
        }

        if (_stream is null && Count >= _memoryEvents)
        {
            Spill();
        }

        if (_stream is null)
        {
            partition.Full.Add(new Page(partition.Page, 0, PageEvents));
            partition.Page = new SpooledEvent[PageEvents];
        }
        else
        {
            partition.Full.Add(Write(partition.Page));
        }

        partition.Used = 0;
    }

    // From memory to the file; from here on pages go there as they fill.
    private void Spill()
    {
        if (_stream is not null)
        {
            return;
        }

        _stream = new FileStream(_file(), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 1);
        foreach (var partition in _partitions.OfType<Partition>())
        {
            for (var i = 0; i < partition.Full.Count; i++)
            {
                partition.Full[i] = Write(partition.Full[i].Events);
            }
        }
    }

    private Page Write(ReadOnlySpan<SpooledEvent> events)
    {
        var offset = _stream!.Position;
        _stream.Write(MemoryMarshal.AsBytes(events));
        if (offset - _flushedTo >= FlushBytes && _flush.IsCompletedSuccessfully)
        {
            _flushedTo = offset;
            var file = _stream.SafeFileHandle;
            _flush = Task.Run(() => RandomAccess.FlushToDisk(file));
        }

        return new Page(null, offset, events.Length);
    }

    private sealed class Partition(int number)
    {
        public readonly int Number = number;
        public readonly List<Page> Full = [];
        public SpooledEvent[] Page = [];
        public int Used;
    }

    private readonly record struct Page(SpooledEvent[]? Events, long Offset, int Count);
}

using System.Runtime.InteropServices;

namespace Lurm.Store.Ingestion;

/// <summary>The events of a batch, apart by ranges of user keys so that they can be applied range after range: small ones in memory, large ones in one file of pages.</summary>
internal sealed class EventSpool : IDisposable
{
    /// <summary>User keys of one partition: 2^13, some hundred kilobytes of histories.</summary>
    public const int PartitionBits = 13;

    private const int PageEvents = 4096;
    private const int FirstPageEvents = 32;
    private const int EventBytes = 16;

    private readonly string _path;
    private readonly long _memoryEvents;
    private readonly SortedDictionary<int, Partition> _partitions = [];
    private Partition? _last;
    private FileStream? _file;

    /// <summary>Keeps up to <paramref name="memoryEvents"/> in memory, then everything in <paramref name="path"/>.</summary>
    public EventSpool(string path, long memoryEvents)
    {
        _path = path;
        _memoryEvents = memoryEvents;
    }

    public long Count { get; private set; }

    /// <summary>Adds an event of the user whose (real or provisional) key is <paramref name="userKey"/>.</summary>
    public void Add(long userKey, in SpooledEvent one)
    {
        var number = (int)(userKey >> PartitionBits);
        var partition = _last;
        if (partition is null || partition.Number != number)
        {
            if (!_partitions.TryGetValue(number, out partition))
            {
                _partitions.Add(number, partition = new Partition(number));
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
        for (var number = (int)(firstKey >> PartitionBits); number <= (int)(lastKey >> PartitionBits); number++)
        {
            if (!_partitions.TryGetValue(number, out var partition))
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

                var bytes = MemoryMarshal.AsBytes(page.AsSpan());
                RandomAccessRead(full.Offset, bytes);
                take(page);
            }

            take(partition.Page.AsSpan(0, partition.Used));
        }
    }

    public void Dispose() => _file?.Dispose();

    private void RandomAccessRead(long offset, Span<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(_file!.SafeFileHandle, bytes[done..], offset + done);
            done += read > 0 ? read : throw new StoreException(StoreFault.Corrupt, $"the spool '{_path}' ends too soon");
        }
    }

    private void TurnPage(Partition partition)
    {
        if (partition.Page.Length < PageEvents)
        {
            Array.Resize(ref partition.Page, partition.Page.Length == 0 ? FirstPageEvents : partition.Page.Length * 4 > PageEvents ? PageEvents : partition.Page.Length * 4);
            return;
        }

        if (_file is null && Count >= _memoryEvents)
        {
            Spill();
        }

        if (_file is null)
        {
            partition.Full.Add(new Page(partition.Page, 0));
            partition.Page = new SpooledEvent[PageEvents];
        }
        else
        {
            partition.Full.Add(new Page(null, Write(partition.Page)));
        }

        partition.Used = 0;
    }

    private void Spill()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _file = new FileStream(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1);
        foreach (var partition in _partitions.Values)
        {
            for (var i = 0; i < partition.Full.Count; i++)
            {
                partition.Full[i] = new Page(null, Write(partition.Full[i].Events!));
            }
        }
    }

    private long Write(SpooledEvent[] events)
    {
        var offset = _file!.Position;
        _file.Write(MemoryMarshal.AsBytes(events.AsSpan()));
        return offset;
    }

    private sealed class Partition(int number)
    {
        public readonly int Number = number;
        public readonly List<Page> Full = [];
        public SpooledEvent[] Page = [];
        public int Used;
    }

    private readonly record struct Page(SpooledEvent[]? Events, long Offset);
}

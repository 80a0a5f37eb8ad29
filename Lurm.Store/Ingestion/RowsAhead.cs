using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Lurm.Store.Ingestion;

/// <summary>Takes the rows of another source apart on a thread of its own, some blocks ahead of its reader: parsing beside interning. Bad rows come out at their place. Owns the source.</summary>
internal sealed class RowsAhead : RowSource
{
    private const int Blocks = 4;
    private const int BlockRows = 4096;
    private const int BlockBytes = 256 * 1024;

    /// <summary>Rows whose users and items are brought near together: some lines each, which must stay in the first cache until they are used.</summary>
    private const int TouchedRows = 64;

    private readonly RowSource _source;
    private readonly int _slots;
    private readonly LookAhead? _lookAhead;
    private readonly BlockingCollection<Block> _full = new(Blocks);
    private readonly ConcurrentBag<Block> _free = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private Block _block;
    private int _row = -1;
    private double _fraction;

    /// <param name="source">The rows; owned.</param>
    /// <param name="slots">How many slots it fills.</param>
    /// <param name="lookAhead">Looks up users and items on the thread ahead; not owned.</param>
    public RowsAhead(RowSource source, int slots, LookAhead? lookAhead = null)
        : base(source.Name)
    {
        _source = source;
        _slots = slots;
        _lookAhead = lookAhead;
        _block = new Block(slots);
        _thread = new Thread(ReadAhead) { IsBackground = true, Name = "lurm rows ahead" };
        _thread.Start();
    }

    public override double Fraction => _fraction;

    public override bool IsLookedUp => _lookAhead is not null;

    public override int UserOrdinal => _block.Users[_row];

    public override int ItemOrdinal => _block.Items[_row];

    public override ReadOnlySpan<byte> this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        get
        {
            var at = _row * _slots + slot;
            return _block.Bytes.AsSpan(_block.Starts[at], _block.Lengths[at]);
        }
    }

    public override bool Read(CancellationToken cancellationToken)
    {
        if (++_row >= _block.Rows && !NextBlock(cancellationToken))
        {
            return false;
        }

        if (_row % TouchedRows == 0)
        {
            var rows = Math.Min(TouchedRows, _block.Rows - _row);
            _lookAhead?.Table.Touch(_block.Users.AsSpan(_row, rows), _block.Items.AsSpan(_row, rows));
        }

        Line = _block.Lines[_row];
        return _block.Faults is null || !_block.Faults.TryGetValue(_row, out var fault) ? true : throw fault;
    }

    public override void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _full.Dispose();
        _stop.Dispose();
        _source.Dispose();
    }

    private bool NextBlock(CancellationToken cancellationToken)
    {
        do
        {
            if (_block.End is { } end)
            {
                _row = _block.Rows;
                end.Fault?.Throw();
                return false;
            }

            _free.Add(_block);
            _block = _full.Take(cancellationToken);
            _fraction = _block.Fraction;
            _row = 0;
        }
        while (_block.Rows == 0);

        return true;
    }

    private void ReadAhead()
    {
        try
        {
            Block block;
            do
            {
                block = _free.TryTake(out var used) ? used : new Block(_slots);
                Fill(block);
                _full.Add(block, _stop.Token);
            }
            while (block.End is null);
        }
        catch (OperationCanceledException)
        {
            // Disposed before the end was read.
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(Block block)
    {
        block.Clear();
        try
        {
            while (block.Rows < BlockRows && block.Used < BlockBytes)
            {
                try
                {
                    if (!_source.Read(_stop.Token))
                    {
                        block.End = new End(null);
                        break;
                    }

                    for (var slot = 0; slot < _slots; slot++)
                    {
                        block.Add(slot, _source[slot]);
                    }
                }
                catch (RowException fault)
                {
                    (block.Faults ??= []).Add(block.Rows, fault);
                    block.Empty();
                }

                block.Lines[block.Rows++] = _source.Line;
            }
        }
        catch (Exception exception)
        {
            // Whatever it is, it belongs to the thread that reads the rows; the block's rows come before it.
            block.End = new End(ExceptionDispatchInfo.Capture(exception));
        }

        block.Fraction = _source.Fraction;
        _lookAhead?.Table.Find(
            new Utf8Column(block.Bytes, block.Starts, block.Lengths, _lookAhead.UserSlot, _slots, block.Rows),
            new Utf8Column(block.Bytes, block.Starts, block.Lengths, _lookAhead.ItemSlot, _slots, block.Rows),
            block.Users,
            block.Items);
    }

    /// <summary>Behind the last row: nothing, or what went wrong.</summary>
    private sealed record End(ExceptionDispatchInfo? Fault);

    private sealed class Block(int slots)
    {
        public readonly int[] Starts = new int[BlockRows * slots];
        public readonly int[] Lengths = new int[BlockRows * slots];
        public readonly long[] Lines = new long[BlockRows];
        public readonly int[] Users = new int[BlockRows];
        public readonly int[] Items = new int[BlockRows];
        public byte[] Bytes = new byte[BlockBytes + 4096];
        public Dictionary<int, RowException>? Faults;
        public int Rows;
        public int Used;
        public double Fraction;
        public End? End;

        public void Clear()
        {
            Rows = 0;
            Used = 0;
            Faults = null;
            End = null;
        }

        public void Empty() => Lengths.AsSpan(Rows * slots, slots).Clear();

        public void Add(int slot, ReadOnlySpan<byte> text)
        {
            if (Used + text.Length > Bytes.Length)
            {
                Array.Resize(ref Bytes, Math.Max(Bytes.Length * 2, Used + text.Length));
            }

            var at = Rows * slots + slot;
            Starts[at] = Used;
            Lengths[at] = text.Length;
            text.CopyTo(Bytes.AsSpan(Used));
            Used += text.Length;
        }
    }
}

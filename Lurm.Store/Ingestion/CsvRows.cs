using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Lurm.Store.Ingestion;

/// <summary>Delimited text (RFC 4180 with any one-byte delimiter): quotes only at a field's start, doubled quotes inside, LF or CRLF, UTF-8 with or without a mark.</summary>
/// <remarks>
/// Our own, since CsvHelper makes a string of every field and reads a fraction of what ingestion must take; CsvHelper is its reference in the tests.
/// A quote inside an unquoted field is that character. Empty lines are no rows. A row with fewer columns than the header has the rest empty; one
/// with more is a bad row, since its values have moved. A row lies in memory as a whole: at most <see cref="MaxRowBytes"/>.
/// </remarks>
internal sealed class CsvRows : RowSource
{
    /// <summary>The longest row: a quote that is never closed must not eat the memory.</summary>
    public const int MaxRowBytes = 16 * 1024 * 1024;

    private const byte Quote = (byte)'"';

    private readonly ByteFeed _feed;
    private readonly byte _delimiter;
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly int[] _slotOfColumn;
    private byte[] _buffer = new byte[256 * 1024];
    private FieldEnds _ends;
    private byte[] _unquoted = [];
    private int _unquotedBytes;
    private int _at;
    private int _end;
    private bool _ended;
    private long _nextLine = 1;

    /// <summary>Reads the header and finds the wanted columns.</summary>
    /// <param name="feed">The bytes; owned.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="wanted">A column's name for each slot, no name twice.</param>
    /// <param name="isRequired">Whether a slot's column must be there.</param>
    /// <param name="delimiter">Null: told from the header line.</param>
    public CsvRows(ByteFeed feed, string name, IReadOnlyList<string> wanted, Predicate<int> isRequired, byte? delimiter)
        : base(name)
    {
        _feed = feed;
        while (_end <= Encoding.UTF8.Preamble.Length && !_ended)
        {
            Fill();
        }

        _at = _buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        if (!SkipEmptyLines(CancellationToken.None))
        {
            throw new StoreException(StoreFault.Invalid, $"'{name}' is empty; expected a header line with the columns' names.");
        }

        var line = HeaderLine();
        _delimiter = delimiter ?? Sniff(line);
        _ends = new FieldEnds(_delimiter);
        var columns = line.Count(_delimiter) + 1;
        _slotOfColumn = [.. Enumerable.Range(0, columns)];
        _starts = new int[Math.Max(columns, wanted.Count)];
        _lengths = new int[_starts.Length];
        if (!ReadHeader())
        {
            throw new StoreException(StoreFault.Invalid, $"'{name}' is empty; expected a header line with the columns' names.");
        }

        var header = Enumerable.Range(0, columns).Select(column => Encoding.UTF8.GetString(this[column])).ToList();
        Array.Fill(_slotOfColumn, -1);
        for (var slot = 0; slot < wanted.Count; slot++)
        {
            var column = header.IndexOf(wanted[slot]);
            if (column >= 0 && header.LastIndexOf(wanted[slot]) != column)
            {
                throw new StoreException(StoreFault.Invalid, $"'{name}' has the column '{wanted[slot]}' twice; expected it once. Rename one.");
            }

            if (column >= 0)
            {
                _slotOfColumn[column] = slot;
            }
            else if (isRequired(slot))
            {
                throw new StoreException(StoreFault.NotFound, $"'{name}' has no column '{wanted[slot]}'; its header has {string.Join(", ", header.Select(found => $"'{found}'"))}{(header.Count == 1 ? " (another delimiter?)" : "")}.");
            }
        }
    }

    public override double Fraction => _feed.Fraction;

    public override ReadOnlySpan<byte> this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        get
        {
            var start = _starts[slot];
            return start >= 0 ? _buffer.AsSpan(start, _lengths[slot]) : _unquoted.AsSpan(~start, _lengths[slot]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Read(CancellationToken cancellationToken)
    {
        if (!SkipEmptyLines(cancellationToken))
        {
            return false;
        }

        Line = _nextLine;
        while (!TryParseRow())
        {
            More(cancellationToken);
        }

        return true;
    }

    public override void Dispose() => _feed.Dispose();

    // Takes the row at _at apart; false where the buffer ends before the row does.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryParseRow()
    {
        _lengths.AsSpan().Clear();
        _unquotedBytes = 0;
        var buffer = _buffer.AsSpan(0, _end);
        var at = _at;
        var lines = 1;
        var slots = _slotOfColumn;
        var extra = 0;
        for (var column = 0; ; column++)
        {
            int start, length;
            if (at < buffer.Length && buffer[at] == Quote)
            {
                if (!TryParseQuoted(buffer, ref at, out start, out length, ref lines))
                {
                    return false;
                }
            }
            else
            {
                var end = at < buffer.Length ? _ends.Next(buffer, at) : -1;
                if (end < 0)
                {
                    if (!_ended)
                    {
                        return false;
                    }

                    end = buffer.Length;
                }

                start = at;
                length = end - at;
                at = end;
                if (length > 0 && buffer[at - 1] == '\r' && (at == buffer.Length || buffer[at] == '\n'))
                {
                    length--;
                }
            }

            if ((uint)column >= (uint)slots.Length)
            {
                extra += length > 0 ? 1 : 0;
            }
            else if (slots[column] is >= 0 and var slot)
            {
                _starts[slot] = start;
                _lengths[slot] = length;
            }

            if (at < buffer.Length && buffer[at] == _delimiter)
            {
                at++;
                continue;
            }

            _at = Math.Min(at + 1, buffer.Length);
            _nextLine += lines;
            return extra == 0 ? true : throw new RowException(null, $"{column + 1} columns", $"{slots.Length}, as the header has");
        }
    }

    // A field that begins with a quote. Where its bytes are not as the file has them (doubled quotes), they are put together elsewhere.
    private bool TryParseQuoted(ReadOnlySpan<byte> buffer, ref int at, out int start, out int length, ref int lines)
    {
        start = at + 1;
        length = 0;
        var from = start;
        var doubled = false;
        int quote;
        while (true)
        {
            var found = buffer[from..].IndexOf(Quote);
            if (found < 0)
            {
                return NeedMore(ref at);
            }

            quote = from + found;
            if (quote + 1 == buffer.Length && !_ended)
            {
                return false;
            }

            if (quote + 1 == buffer.Length || buffer[quote + 1] != Quote)
            {
                break;
            }

            doubled = true;
            from = quote + 2;
        }

        // What stands between the closing quote and the delimiter belongs to the field, as spreadsheets read it.
        var tail = buffer[(quote + 1)..].IndexOfAny(_delimiter, (byte)'\n');
        if (tail < 0 && !_ended)
        {
            return false;
        }

        tail = tail < 0 ? buffer.Length - quote - 1 : tail;
        at = quote + 1 + tail;
        var behind = buffer.Slice(quote + 1, tail);
        if (at == buffer.Length || buffer[at] == '\n')
        {
            behind = behind.TrimEnd((byte)'\r');
        }

        var inside = buffer[start..quote];
        lines += inside.Count((byte)'\n');
        length = inside.Length;
        if (doubled || behind.Length > 0)
        {
            start = ~_unquotedBytes;
            length = Unquote(inside, behind);
        }

        return true;
    }

    private bool NeedMore(ref int at)
    {
        if (!_ended)
        {
            return false;
        }

        at = _at = _end;
        throw new RowException(null, "a quote that is never closed", "a closing quote before the file ends");
    }

    private int Unquote(ReadOnlySpan<byte> inside, ReadOnlySpan<byte> behind)
    {
        if (_unquoted.Length < _unquotedBytes + inside.Length + behind.Length)
        {
            Array.Resize(ref _unquoted, Math.Max(1024, (_unquotedBytes + inside.Length + behind.Length) * 2));
        }

        var from = _unquotedBytes;
        for (var i = 0; i < inside.Length; i++)
        {
            _unquoted[_unquotedBytes++] = inside[i];
            if (inside[i] == Quote)
            {
                i++;
            }
        }

        behind.CopyTo(_unquoted.AsSpan(_unquotedBytes));
        _unquotedBytes += behind.Length;
        return _unquotedBytes - from;
    }

    // Goes to the next line that has something; false at the end.
    private bool SkipEmptyLines(CancellationToken cancellationToken)
    {
        while (_at < _end || More(cancellationToken))
        {
            var lineEnd = _buffer[_at] == '\r' ? 2 : 1;
            if (_at + lineEnd > _end)
            {
                More(cancellationToken);
            }

            if (_at + lineEnd > _end || _buffer[_at + lineEnd - 1] != '\n')
            {
                return true;
            }

            _at += lineEnd;
            _nextLine++;
        }

        return false;
    }

    private bool ReadHeader()
    {
        try
        {
            return Read(CancellationToken.None);
        }
        catch (RowException fault)
        {
            throw new StoreException(StoreFault.Invalid, $"'{Name}', line {Line}: {fault.Message}. The header line names the columns.", fault);
        }
    }

    // The header's line, quoted line ends included, for guessing the delimiter and counting columns (too many at worst: quoted delimiters).
    private ReadOnlySpan<byte> HeaderLine()
    {
        while (true)
        {
            var quoted = false;
            for (var i = _at; i < _end; i++)
            {
                quoted ^= _buffer[i] == Quote;
                if (_buffer[i] == '\n' && !quoted && i > _at)
                {
                    return _buffer.AsSpan(_at, i - _at);
                }
            }

            if (_ended)
            {
                return _buffer.AsSpan(_at, _end - _at);
            }

            More(CancellationToken.None);
        }
    }

    private static byte Sniff(ReadOnlySpan<byte> header)
    {
        foreach (var candidate in "\t;|,"u8)
        {
            if (header.Contains(candidate))
            {
                return candidate;
            }
        }

        return (byte)',';
    }

    // Makes room, keeps the row that was begun, and reads on. False where there is nothing left at all.
    private bool More(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_ended)
        {
            return _at < _end;
        }

        if (_at > 0)
        {
            Buffer.BlockCopy(_buffer, _at, _buffer, 0, _end - _at);
            _end -= _at;
            _at = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxRowBytes)
            {
                throw new StoreException(StoreFault.Invalid, string.Create(CultureInfo.InvariantCulture, $"'{Name}', line {_nextLine}: found a row longer than {MaxRowBytes} bytes; expected a shorter one. A quote that is never closed looks like this."));
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        Fill();
        return _at < _end;
    }

    private void Fill()
    {
        _ends.Forget();
        var read = _feed.Read(_buffer.AsSpan(_end));
        _ended = read == 0;
        _end += read;
    }
}

using System.Text;
using System.Text.Json;

namespace Lurm.Store.Ingestion;

/// <summary>One JSON object a line; wanted properties of its top level become slots, objects and lists as their JSON text.</summary>
/// <remarks>A property that is missing or null is empty; of one that is there twice the last counts. Empty lines are no rows.</remarks>
internal sealed class NdjsonRows : RowSource
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    private readonly ByteFeed _feed;
    private readonly byte[][] _names;
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private byte[] _buffer = new byte[256 * 1024];
    private byte[] _texts = new byte[1024];
    private int _textBytes;
    private int _at;
    private int _end;
    private bool _ended;

    /// <param name="feed">The bytes; owned.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="wanted">A property's name for each slot.</param>
    public NdjsonRows(ByteFeed feed, string name, IReadOnlyList<string> wanted)
        : base(name)
    {
        _feed = feed;
        _names = [.. wanted.Select(Encoding.UTF8.GetBytes)];
        _starts = new int[wanted.Count];
        _lengths = new int[wanted.Count];
        while (_end <= Encoding.UTF8.Preamble.Length && !_ended)
        {
            Fill();
        }

        _at = _buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        if (_at == _end)
        {
            throw new StoreException(StoreFault.Invalid, $"'{name}' is empty; expected one JSON object a line.");
        }
    }

    public override double Fraction => _feed.Fraction;

    public override ReadOnlySpan<byte> this[int slot] => _texts.AsSpan(_starts[slot], _lengths[slot]);

    public override bool Read(CancellationToken cancellationToken)
    {
        while (TryReadLine(cancellationToken, out var start, out var length))
        {
            Line++;
            var line = _buffer.AsSpan(start, length).Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            Parse(line);
            return true;
        }

        return false;
    }

    public override void Dispose() => _feed.Dispose();

    private void Parse(ReadOnlySpan<byte> line)
    {
        _lengths.AsSpan().Clear();
        _textBytes = 0;
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new RowException(null, "a line that is no JSON object", "one object a line, {\"user\":…}");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var slot = -1;
                for (var i = 0; i < _names.Length && slot < 0; i++)
                {
                    slot = reader.ValueTextEquals(_names[i]) ? i : -1;
                }

                reader.Read();
                if (slot < 0)
                {
                    reader.Skip();
                    continue;
                }

                Take(ref reader, slot, line);
            }

            if (reader.Read())
            {
                throw new RowException(null, "more than one JSON value", "one object a line");
            }
        }
        catch (JsonException exception)
        {
            throw new RowException(null, $"no JSON ({exception.Message.Split('.')[0]})", "one JSON object a line");
        }
        catch (InvalidOperationException)
        {
            // What Utf8JsonReader throws where a string's bytes are no UTF-8 or half a surrogate pair.
            throw new RowException(null, "a JSON string that is no text", "UTF-8");
        }
    }

    private void Take(ref Utf8JsonReader reader, int slot, ReadOnlySpan<byte> line)
    {
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                _lengths[slot] = 0;
                return;
            case JsonTokenType.String:
                Room(reader.ValueSpan.Length);
                _starts[slot] = _textBytes;
                _lengths[slot] = reader.CopyString(_texts.AsSpan(_textBytes));
                break;
            default:
                reader.Skip();
                var json = line[start..(int)reader.BytesConsumed];
                Room(json.Length);
                json.CopyTo(_texts.AsSpan(_textBytes));
                _starts[slot] = _textBytes;
                _lengths[slot] = json.Length;
                break;
        }

        _textBytes += _lengths[slot];
    }

    private void Room(int bytes)
    {
        if (_textBytes + bytes > _texts.Length)
        {
            Array.Resize(ref _texts, (_textBytes + bytes) * 2);
        }
    }

    private bool TryReadLine(CancellationToken cancellationToken, out int start, out int length)
    {
        var searched = 0;
        while (true)
        {
            var newline = _buffer.AsSpan(_at + searched, _end - _at - searched).IndexOf((byte)'\n');
            if (newline >= 0 || _ended)
            {
                start = _at;
                length = newline >= 0 ? searched + newline : _end - _at;
                _at += newline >= 0 ? length + 1 : length;
                return newline >= 0 || length > 0;
            }

            cancellationToken.ThrowIfCancellationRequested();
            searched = _end - _at;
            Buffer.BlockCopy(_buffer, _at, _buffer, 0, searched);
            _end = searched;
            _at = 0;
            if (_end == _buffer.Length)
            {
                if (_buffer.Length >= CsvRows.MaxRowBytes)
                {
                    throw new StoreException(StoreFault.Invalid, $"'{Name}', line {Line + 1}: found a line longer than {CsvRows.MaxRowBytes} bytes; expected one JSON object a line.");
                }

                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            Fill();
        }
    }

    private void Fill()
    {
        var read = _feed.Read(_buffer.AsSpan(_end));
        _ended = read == 0;
        _end += read;
    }
}

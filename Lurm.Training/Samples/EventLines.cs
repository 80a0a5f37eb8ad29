using System.Text;

namespace Lurm.Training.Samples;

/// <summary>The pieces of an event's line, encoded once, so that writing an event is copying bytes.</summary>
internal sealed class EventLines
{
    private readonly Pool _users;
    private readonly Pool _items;
    private readonly Pool _texts;
    private readonly byte[][] _kinds = [",view,"u8.ToArray(), ",cart,"u8.ToArray(), ",buy,"u8.ToArray()];
    private readonly byte[][] _countries = Array.ConvertAll(Shoppers.Countries, country => Encoding.UTF8.GetBytes($",{country}\n"));

    public EventLines(Shoppers shoppers, Catalogue catalogue)
    {
        _users = new Pool(shoppers.Count, user => Shoppers.UserId(user) + ",");
        _items = new Pool(catalogue.Count, item => Catalogue.ItemId(item) + ",");
        _texts = new Pool(catalogue.Count, item => $"{catalogue.Title(item)},{catalogue.Category(item)}");
    }

    /// <summary>No line is longer, in bytes.</summary>
    public static int LongestLine => 256;

    public static string Header => "user,item,time,kind,title,category,country\n";

    /// <summary>Writes one line into <paramref name="line"/>, which has room for <see cref="LongestLine"/>; returns its length.</summary>
    public int Write(Span<byte> line, int user, int item, long unixSeconds, int kind, int country)
    {
        var at = Copy(_users[user], line, 0);
        at = Copy(_items[item], line, at);
        unixSeconds.TryFormat(line[at..], out var digits, default, null);
        at = Copy(_kinds[kind], line, at + digits);
        at = Copy(_texts[item], line, at);
        return Copy(_countries[country], line, at);
    }

    private static int Copy(ReadOnlySpan<byte> piece, Span<byte> line, int at)
    {
        piece.CopyTo(line[at..]);
        return at + piece.Length;
    }

    /// <summary>Many short texts in one array.</summary>
    private sealed class Pool
    {
        private readonly byte[] _bytes;
        private readonly int[] _starts;

        public Pool(int count, Func<int, string> text)
        {
            var bytes = new MemoryStream();
            _starts = new int[count + 1];
            for (var i = 0; i < count; i++)
            {
                bytes.Write(Encoding.UTF8.GetBytes(text(i)));
                _starts[i + 1] = checked((int)bytes.Length);
            }

            _bytes = bytes.ToArray();
        }

        public ReadOnlySpan<byte> this[int i] => _bytes.AsSpan(_starts[i].._starts[i + 1]);
    }
}

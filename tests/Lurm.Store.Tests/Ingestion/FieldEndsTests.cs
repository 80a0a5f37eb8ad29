using CsCheck;
using Lurm.Store.Ingestion;

namespace Lurm.Store.Tests.Ingestion;

public sealed class FieldEndsTests
{
    [Fact]
    public void It_finds_what_a_search_for_each_field_finds() =>
        Gen.Select(Gen.Char["aaaaaaa,\n"].Select(character => (byte)character).Array[0, 400], Gen.Int[0, 399].Array[0, 20]).Sample((bytes, starts) =>
        {
            // Forwards from anywhere, and from somewhere else again, as a quoted field moves the reader on.
            var ends = new FieldEnds((byte)',');
            foreach (var start in starts)
            {
                for (var at = Math.Min(start, bytes.Length); at < bytes.Length;)
                {
                    var slow = bytes.AsSpan(at).IndexOfAny((byte)',', (byte)'\n');
                    var found = ends.Next(bytes, at);
                    Assert.Equal(slow < 0 ? -1 : at + slow, found);
                    at = found < 0 ? bytes.Length : found + 1;
                }
            }
        });

    [Fact]
    public void Other_bytes_are_seen_once_it_was_told_to_forget()
    {
        var bytes = new byte[100];
        var ends = new FieldEnds((byte)';');
        Assert.Equal(-1, ends.Next(bytes, 0));

        bytes[99] = (byte)';';
        ends.Forget();

        Assert.Equal(99, ends.Next(bytes, 0));
    }
}

using Lurm.Campaigns.Corruption;

namespace Lurm.Campaigns.Tests;

public sealed class DamageTests
{
    [Fact]
    public void Damaged_bytes_always_differ()
    {
        var random = new Random(1); // Fixed.
        var good = new byte[20_000];
        random.NextBytes(good);
        var kinds = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            Assert.False(Damage.Apply(good, random, out var what).AsSpan().SequenceEqual(good));
            kinds.Add(what);
        }

        Assert.Equal(7, kinds.Count);
    }
}

namespace Lurm.Training.Samples;

/// <summary>The shoppers: when they come and go, how active they are, what they are and become.</summary>
internal sealed class Shoppers
{
    /// <summary>Countries with their share of shoppers; the events' attribute.</summary>
    public static readonly string[] Countries =
        ["United Kingdom", "Germany", "France", "Spain", "Italy", "Netherlands", "Poland", "Sweden", "Ireland", "Portugal", "Austria", "Denmark"];

    private const double SwitchShare = 0.45;

    // Lognormal activity: a tenth of the shoppers make about a third of the events.
    private const double ActivitySpread = 0.8;

    // A shopper who is not active in a month at all, though still a customer.
    private const double QuietMonthShare = 0.35;

    // Streams of random numbers below this belong to other parts.
    private const int FirstMonthPurpose = 1_000;

    private readonly float[] _activity;

    public Shoppers(int count, int months, Catalogue catalogue, SampleRandom random)
    {
        Count = count;
        FirstPersona = new byte[count];
        CurrentPersona = new byte[count];
        SwitchMonth = new short[count];
        FirstMonth = new short[count];
        LastMonth = new short[count];
        Country = new byte[count];
        Favourites = new int[count * FavouritesEach];
        _activity = new float[count];
        var personas = new AliasTable(Zipf(Personas.Count, 0.4));
        var countries = new AliasTable(Zipf(Countries.Length, 1.0));
        var background = new AliasTable(catalogue.ClusterMass);
        for (var user = 0; user < count; user++)
        {
            FirstPersona[user] = CurrentPersona[user] = (byte)personas.Draw(random.NextBits());
            Country[user] = (byte)countries.Draw(random.NextBits());
            _activity[user] = (float)Math.Exp(ActivitySpread * random.NextNormal());
            for (var i = 0; i < FavouritesEach; i++)
            {
                Favourites[(user * FavouritesEach) + i] = background.Draw(random.NextBits());
            }

            // Half are there from the start; a third leave before the end.
            var first = random.NextDouble() < 0.5 ? 0 : random.Next(months);
            var last = random.NextDouble() < 0.67 ? months - 1 : first + random.Next(months - first);
            FirstMonth[user] = (short)first;
            LastMonth[user] = (short)last;
            SwitchMonth[user] = -1;

            // A switch leaves at least two months on either side of it.
            var room = last - first - 3;
            if (random.NextDouble() < SwitchShare && room > 0)
            {
                SwitchMonth[user] = (short)(first + 2 + random.Next(room));
                CurrentPersona[user] = (byte)((FirstPersona[user] + 1 + random.Next(Personas.Count - 1)) % Personas.Count);
            }
        }
    }

    /// <summary>Clusters of a shopper's own, whatever the persona.</summary>
    public static int FavouritesEach => 2;

    public int Count { get; }

    public byte[] FirstPersona { get; }

    public byte[] CurrentPersona { get; }

    /// <summary>The month in which the current persona begins to replace the first; -1 where none does.</summary>
    public short[] SwitchMonth { get; }

    public short[] FirstMonth { get; }

    public short[] LastMonth { get; }

    public byte[] Country { get; }

    public int[] Favourites { get; }

    public static string UserId(int user) => $"u{user + 1:D6}";

    /// <summary>How strongly each shopper acts in a month, into <paramref name="weights"/>; returns the sum.</summary>
    /// <remarks>The same month with the same seed gives the same weights, so a second pass needs no memory of the first.</remarks>
    public double ActivityIn(int month, long seed, Span<double> weights)
    {
        var random = new SampleRandom(seed, FirstMonthPurpose + month);
        var sum = 0.0;
        for (var user = 0; user < Count; user++)
        {
            // Drawn for everyone, so that a shopper's luck does not depend on who else is there. Nobody is quiet in the first month.
            var chance = random.NextDouble();
            var burst = 0.25 + (1.5 * random.NextDouble());
            var acts = month == FirstMonth[user] || (month > FirstMonth[user] && month <= LastMonth[user] && chance >= QuietMonthShare);
            sum += weights[user] = acts ? _activity[user] * burst : 0;
        }

        return sum;
    }

    /// <summary>Who a shopper is in a month: over three months the current persona takes over.</summary>
    public int PersonaIn(int user, int month, double chance)
    {
        var since = month - SwitchMonth[user] + 1;
        return SwitchMonth[user] >= 0 && since > 0 && chance * 3 < since ? CurrentPersona[user] : FirstPersona[user];
    }

    private static double[] Zipf(int count, double exponent)
    {
        var weights = new double[count];
        for (var i = 0; i < count; i++)
        {
            weights[i] = Math.Pow(i + 1, -exponent);
        }

        return weights;
    }
}

using System.Text;
using Lurm.Store;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>Filter text: what is accepted is written out and read again, and must be the same filter.</summary>
internal sealed class FilterTarget() : FuzzTarget(TargetName)
{
    public const string TargetName = "filter";

    private static readonly string[] Texts =
    [
        " and ", " or ", "not ", "(", ")", "'", "''", "eq", " in (", "contains(", "startswith(", "endswith(", "null", "Country", "Age", "LastSeen", "Lurm.HasInterest(interest=1,months=2)", "2024-01-01T00:00:00Z", "-1.5e300", "true", ",", "$it", "any(x:x", "/", "@p", "duration'P1D'", "cast(", "%27", ";", "--",
    ];

    public override double Share => 60;

    public override IReadOnlyList<byte[]> Words { get; } = [.. Texts.Select(Encoding.UTF8.GetBytes)];

    public override bool Run(byte[] input)
    {
        UserFilter filter;
        try
        {
            filter = UserFilter.Parse(Encoding.UTF8.GetString(input));
        }
        catch (StoreException fault) when (fault.Fault == StoreFault.Invalid)
        {
            return false;
        }

        return UserFilter.Parse(filter.ToString()).Equals(filter) ? true : throw new InvalidOperationException($"'{filter}' is read back as another filter");
    }
}

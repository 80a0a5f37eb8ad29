namespace Lurm.Store.Encoders;

/// <summary>2^(−age / half-life) for ages in whole periods; without a half-life always 1.</summary>
internal sealed class DecayTable
{
    private const int Ages = 512;
    private readonly double? _halfLife;
    private readonly double[] _factors;

    public DecayTable(double? halfLife)
    {
        _halfLife = halfLife;
        _factors = halfLife is { } h ? [.. Enumerable.Range(0, Ages).Select(age => Math.Pow(2, -age / h))] : [];
    }

    public double Factor(int age) => _halfLife switch
    {
        null => 1.0,
        _ when (uint)age < Ages => _factors[age],
        { } h => Math.Pow(2, -age / h),
    };
}

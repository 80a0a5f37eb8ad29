namespace Lurm.Index.Graph;

/// <summary>Guards of link lists during a parallel build, and of the entry point.</summary>
internal sealed class LinkLocks
{
    private const int Stripes = 4096;

    private readonly Lock[] _stripes;

    public LinkLocks()
    {
        _stripes = new Lock[Stripes];
        for (var i = 0; i < Stripes; i++)
        {
            _stripes[i] = new Lock();
        }
    }

    /// <summary>Held while a slot above the top level goes in.</summary>
    public Lock Top { get; } = new();

    public Lock Of(int slot) => _stripes[slot & (Stripes - 1)];
}

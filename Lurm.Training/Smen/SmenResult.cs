namespace Lurm.Training.Smen;

/// <summary>A trained network and how it went; it owns the network.</summary>
/// <param name="Network">At its best on held-out users, as far from its start as the options let it go.</param>
/// <param name="Start">The parameters before the first pass.</param>
/// <param name="Best">The parameters after the pass that was kept.</param>
/// <param name="Epochs">Passes that were made.</param>
/// <param name="StartLoss">Loss on held-out users before the first pass: the singular vectors alone.</param>
/// <param name="BestLoss">Loss on held-out users at the pass that was kept.</param>
/// <param name="BestOverlap">Share of held-out users' nearest training users that are nearest by representation too, in the end; none without held-out users or geometry.</param>
/// <param name="Users">Users trained on, held-out ones left out.</param>
/// <param name="HeldOutUsers">Users held out.</param>
internal sealed record SmenResult(SmenNetwork Network, float[][] Start, float[][] Best, int Epochs, double StartLoss, double BestLoss, double? BestOverlap, int Users, int HeldOutUsers) : IDisposable
{
    public void Dispose() => Network.Dispose();
}

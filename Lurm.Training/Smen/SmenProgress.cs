namespace Lurm.Training.Smen;

/// <summary>Where training stands.</summary>
/// <param name="Epoch">Passes begun, from 1.</param>
/// <param name="Epochs">Passes at most.</param>
/// <param name="Step">Steps of this pass that are done.</param>
/// <param name="Steps">Steps of a pass.</param>
/// <param name="Loss">Mean loss of this pass so far.</param>
/// <param name="HeldOutLoss">Loss on held-out users after the last pass; none before the first ended.</param>
/// <param name="TimeLeft">At most, were no pass skipped by early stopping.</param>
internal sealed record SmenProgress(int Epoch, int Epochs, int Step, int Steps, double Loss, double? HeldOutLoss, TimeSpan TimeLeft);

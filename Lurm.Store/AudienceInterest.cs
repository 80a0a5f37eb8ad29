namespace Lurm.Store;

/// <summary>An interest that marks an audience.</summary>
/// <param name="Interest">Its number in the model.</param>
/// <param name="Label">Its readable name.</param>
/// <param name="LogOdds">ln of the odds of having it in the audience over the odds in the population; 0 says nothing, 0.7 is twice.</param>
public readonly record struct AudienceInterest(int Interest, string Label, double LogOdds);

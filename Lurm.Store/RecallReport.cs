namespace Lurm.Store;

/// <summary>How many of the true nearest users the index finds.</summary>
/// <param name="Recall">Share of the exact answer that the index gave, in [0, 1]; 1 where there is nobody to find.</param>
/// <param name="K">Neighbours of each user.</param>
/// <param name="Sample">Users asked for.</param>
public sealed record RecallReport(double Recall, int K, int Sample);

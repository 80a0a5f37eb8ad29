namespace Lurm.Store;

/// <summary>How far <c>Embed</c> is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">Users done in this stage, those of an earlier, interrupted run included.</param>
/// <param name="Total">Users of this stage.</param>
/// <param name="UsersPerSecond">Rate of this stage and run; 0 before there is one.</param>
/// <param name="TimeLeft">What is left of this stage at that rate; none before there is a rate.</param>
public readonly record struct EmbedProgress(EmbedStage Stage, long Done, long Total, double UsersPerSecond, TimeSpan? TimeLeft);

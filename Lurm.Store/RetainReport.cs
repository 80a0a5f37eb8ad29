namespace Lurm.Store;

/// <summary>What a retention run dropped.</summary>
/// <param name="FirstPeriod">The earliest period that was kept.</param>
/// <param name="Events">Events dropped.</param>
/// <param name="UsersShortened">Users who lost older periods and kept later ones; their representations are renewed by the next embedding.</param>
/// <param name="UsersErased">Users of whom nothing was left.</param>
/// <param name="IsFinished">Whether the last trace is gone from every file; otherwise a pending erasure sees to it.</param>
public sealed record RetainReport(int FirstPeriod, long Events, long UsersShortened, long UsersErased, bool IsFinished);

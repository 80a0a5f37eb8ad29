namespace Lurm.Store;

/// <summary>One user of an audience.</summary>
/// <param name="Id">The user.</param>
/// <param name="Score">Larger is more like the seeds; <see cref="LookalikeMethod"/> says what it means.</param>
public readonly record struct AudienceMember(string Id, float Score);

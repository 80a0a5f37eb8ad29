namespace Lurm.Api.Security;

/// <summary>What a caller may do. Each request needs one; read contains aggregate, admin contains all.</summary>
[Flags]
internal enum LurmRole
{
    None = 0,

    /// <summary>Counts and curves: nothing that names a user.</summary>
    Aggregate = 1,

    /// <summary>Users, their histories, similar users, members of audiences.</summary>
    Read = 2 | Aggregate,

    /// <summary>Events and attributes in.</summary>
    Ingest = 4,

    /// <summary>Erasure, audiences, operations, and all the others.</summary>
    Admin = 8 | Read | Ingest,
}

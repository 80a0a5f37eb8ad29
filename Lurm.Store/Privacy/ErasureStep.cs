namespace Lurm.Store.Privacy;

/// <summary>The steps of an erasure, in order; a crash after any of them is made good when the database is opened.</summary>
internal enum ErasureStep
{
    Requested,
    RowsDeleted,
    RepresentationsDeleted,
    FilesRetired,
    PagesCleaned,
    Finished,
}

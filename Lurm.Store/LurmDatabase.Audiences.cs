namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Keys of a saved audience's members, ascending.</summary>
    internal long[] AudienceKeys(string audienceId) =>
        throw new StoreException(StoreFault.NotFound, $"there is no audience '{audienceId}' in '{Folder}'.");
}

using Lurm.Store.Histories;

namespace Lurm.Store;

/// <summary>An embedded database of user representations: one folder, opened by any number of processes.</summary>
public sealed partial class LurmDatabase : IDisposable
{
    /// <summary>The folder.</summary>
    public string Folder => throw new NotImplementedException();

    /// <summary>The base grain it was created with.</summary>
    public PeriodGrain Grain => throw new NotImplementedException();

    /// <summary>Makes a database in the folder <paramref name="path"/>, which must not exist or be empty, and opens it.</summary>
    public static LurmDatabase Create(string path, PeriodGrain grain = PeriodGrain.Month) => throw new NotImplementedException();

    /// <summary>Opens the database in the folder <paramref name="path"/>.</summary>
    public static LurmDatabase Open(string path) => throw new NotImplementedException();

    /// <summary>Calls <paramref name="visit"/> with each user's whole history, in key order.</summary>
    /// <param name="afterUserKey">Start after this key.</param>
    /// <param name="visit">Receives each user.</param>
    /// <param name="cancellationToken">Checked once per user.</param>
    public void ReadHistories(HistoryVisitor visit, long afterUserKey = 0, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Takes a bundle into <c>models/</c> as a candidate; the next <c>Embed</c> builds its generation.</summary>
    public void RegisterModel(string bundleFolder) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}

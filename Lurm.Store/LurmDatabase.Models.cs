namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Takes a bundle into <c>models/</c> as a candidate; the next <c>Embed</c> builds its generation.</summary>
    public void RegisterModel(string bundleFolder) => throw new NotImplementedException();
}

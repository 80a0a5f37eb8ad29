namespace Lurm.TestKit;

/// <summary>Finds the behaviour logs that lie beside a developer's checkout, in <c>../shared/data</c>; a bare clone has none.</summary>
public static class SharedData
{
    /// <summary>Why a test that needs such a file was skipped.</summary>
    public const string Missing = "needs the behaviour logs in ../shared/data, which this checkout does not have";

    /// <summary>The path of <paramref name="relativePath"/> under <c>shared/data</c>; false where it is not there.</summary>
    public static bool TryFind(string relativePath, out string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            path = Path.Combine(folder.FullName, "shared", "data", relativePath);
            if (File.Exists(path))
            {
                return true;
            }
        }

        path = string.Empty;
        return false;
    }
}

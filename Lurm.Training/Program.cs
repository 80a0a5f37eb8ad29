namespace Lurm.Training;

/// <summary>The <c>lurm-train</c> command.</summary>
internal static class Program
{
    public static int Main()
    {
        Console.Error.WriteLine("lurm-train: no verbs yet");
        return 2;
    }
}

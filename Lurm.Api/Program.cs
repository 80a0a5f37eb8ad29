namespace Lurm.Api;

/// <summary>The <c>lurm</c> command.</summary>
internal static class Program
{
    public static int Main()
    {
        Console.Error.WriteLine("lurm: no verbs yet");
        return 2;
    }
}

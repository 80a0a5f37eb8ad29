namespace Lurm.Benchmarks;

internal static class Program
{
    public static int Main()
    {
        Console.Error.WriteLine("benchmarks: none yet");
        return 2;
    }
}

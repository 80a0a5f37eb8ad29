namespace Lurm.Training.Commands;

/// <summary>Progress that is told at once, on the thread that reports; the BCL's queues to the thread pool and may come late.</summary>
internal sealed class ReportTo<T>(Action<T> receive) : IProgress<T>
{
    public void Report(T value) => receive(value);
}

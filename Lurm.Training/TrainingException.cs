namespace Lurm.Training;

/// <summary>Training could not go on; the message says what was found, what was expected and what to do.</summary>
internal sealed class TrainingException(TrainingFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure it is.</summary>
    public TrainingFault Fault { get; } = fault;
}

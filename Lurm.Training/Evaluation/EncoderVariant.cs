namespace Lurm.Training.Evaluation;

/// <summary>One way to build the encoder, as the ablation table names it.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Changes">Settings of <c>fit --config</c> that differ from the default, by name.</param>
internal sealed record EncoderVariant(string Name, IReadOnlyDictionary<string, string> Changes)
{
    /// <summary>What <c>fit</c> does unasked.</summary>
    public static readonly EncoderVariant Default = new("default", new Dictionary<string, string>());
}

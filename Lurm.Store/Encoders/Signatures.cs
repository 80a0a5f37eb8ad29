using Microsoft.ML.OnnxRuntime;

namespace Lurm.Store.Encoders;

/// <summary>Compares a model file's inputs and output with what its card promises, before anything is run.</summary>
internal static class Signatures
{
    /// <exception cref="StoreException">Incompatible: names or the output's width differ.</exception>
    public static void Check(InferenceSession session, ModelCard card, IEnumerable<string> inputs)
    {
        string[] expected = [.. inputs.Order(StringComparer.Ordinal)];
        string[] found = [.. session.InputMetadata.Keys.Order(StringComparer.Ordinal)];
        if (!expected.AsSpan().SequenceEqual(found))
        {
            throw new StoreException(StoreFault.Incompatible, $"the encoder of model '{card.ModelId}' takes {string.Join(", ", found)}; its card expects {string.Join(", ", expected)}. Train anew with 'lurm-train fit'.");
        }

        if (!session.OutputMetadata.TryGetValue(OnnxUserEncoder.OutputName, out var output) || output.Dimensions is not [_, var width] || (width >= 0 && width != card.Dimensions))
        {
            throw new StoreException(StoreFault.Incompatible, $"the encoder of model '{card.ModelId}' has no output '{OnnxUserEncoder.OutputName}' of width {card.Dimensions}. Train anew with 'lurm-train fit'.");
        }
    }
}

using Microsoft.ML.OnnxRuntime;

namespace Lurm.Store.Encoders;

/// <summary>Compares a model file's inputs and output with what its card promises, before anything is run.</summary>
internal static class Signatures
{
    /// <exception cref="StoreException">Incompatible: names, element types, ranks or widths differ.</exception>
    public static void Check(InferenceSession session, ModelCard card, IEnumerable<ModelTensor> inputs)
    {
        ModelTensor[] expected = [.. inputs.OrderBy(input => input.Name, StringComparer.Ordinal)];
        ModelTensor[] found = [.. session.InputMetadata.Select(input => ModelTensor.Of(input.Key, input.Value)).OrderBy(input => input.Name, StringComparer.Ordinal)];
        if (expected.Length != found.Length || expected.Zip(found).Any(pair => !pair.First.Fits(pair.Second)))
        {
            throw Differs(card, "takes", found, expected);
        }

        var output = new ModelTensor(OnnxUserEncoder.OutputName, typeof(float), ModelTensor.Any, card.Dimensions);
        if (!session.OutputMetadata.TryGetValue(output.Name, out var declared) || !output.Fits(ModelTensor.Of(output.Name, declared)))
        {
            throw Differs(card, "gives", session.OutputMetadata.Select(other => ModelTensor.Of(other.Key, other.Value)), [output]);
        }
    }

    /// <summary>What a bag has beside its keys and values, pooled or not: ages and mask of its periods, or its gate.</summary>
    public static IEnumerable<ModelTensor> BesideKeys(BagInput bag)
    {
        if (bag.IsMany)
        {
            yield return new ModelTensor($"{bag.Name}_ages", typeof(int), ModelTensor.Any, ModelTensor.Any);
            yield return new ModelTensor($"{bag.Name}_mask", typeof(float), ModelTensor.Any, ModelTensor.Any);
        }
        else if (bag.GateHalfCount is not null)
        {
            yield return new ModelTensor($"{bag.Name}_gate", typeof(float), ModelTensor.Any, 1);
        }
    }

    private static StoreException Differs(ModelCard card, string verb, IEnumerable<ModelTensor> found, IEnumerable<ModelTensor> expected) => new(
        StoreFault.Incompatible,
        $"the encoder of model '{card.ModelId}' {verb} {string.Join("; ", found)}; its card expects {string.Join("; ", expected)}. Train anew with 'lurm-train fit'.");
}

using System.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace Lurm.Store.Encoders;

/// <summary>The whole encoder in ONNX Runtime: padded bags in, representations out.</summary>
internal sealed class OnnxUserEncoder : IUserEncoder
{
    internal const string OutputName = "representation";
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly ModelCard _card;

    public OnnxUserEncoder(ModelCard card, InferenceSession session, string device)
    {
        _card = card;
        _session = session;
        Device = device;
        Signatures.Check(session, card, card.Bags.SelectMany(Inputs));
    }

    /// <inheritdoc/>
    public string Device { get; }

    /// <inheritdoc/>
    public void Encode(EncoderBatch batch, Span<float> representations)
    {
        var output = ArrayPool<float>.Shared.Rent(batch.Count * _card.Dimensions);
        var rented = new List<Array>();
        try
        {
            using var inputs = new TensorBuffers();
            using var outputs = new TensorBuffers();
            for (var i = 0; i < _card.Bags.Count; i++)
            {
                AddBag(inputs, _card.Bags[i], batch[i], batch.Count, rented);
            }

            outputs.Add(OutputName, output.AsMemory(0, batch.Count * _card.Dimensions), batch.Count, _card.Dimensions);
            _session.Run(_run, inputs.Names, inputs.Values, outputs.Names, outputs.Values);
            output.AsSpan(0, batch.Count * _card.Dimensions).CopyTo(representations);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(output);
            Pad.Return(rented);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private static IEnumerable<ModelTensor> Inputs(BagInput bag)
    {
        int[] shape = bag.IsMany ? [ModelTensor.Any, ModelTensor.Any, ModelTensor.Any] : [ModelTensor.Any, ModelTensor.Any];
        return [new ModelTensor($"{bag.Name}_keys", typeof(int), shape), new ModelTensor($"{bag.Name}_values", typeof(float), shape), .. Signatures.BesideKeys(bag)];
    }

    private static void AddBag(TensorBuffers inputs, BagInput bag, BagColumn column, int users, List<Array> rented)
    {
        var many = bag.IsMany;
        var parts = many ? Math.Max(1, column.MaxParts) : 1;
        var width = Math.Max(1, column.MaxKeys);
        var keys = Pad.Rent<int>(users * parts * width, rented);
        var values = Pad.Rent<float>(users * parts * width, rented);
        var ages = many ? Pad.Rent<int>(users * parts, rented) : default;
        var mask = many ? Pad.Rent<float>(users * parts, rented) : default;
        for (var user = 0; user < users; user++)
        {
            for (var part = column.UserParts[user]; part < column.UserParts[user + 1]; part++)
            {
                var row = (user * parts) + part - column.UserParts[user];
                var start = column.PartStarts[part];
                var length = column.PartStarts[part + 1] - start;
                column.Keys.Slice(start, length).CopyTo(keys.Span[(row * width)..]);
                column.Values.Slice(start, length).CopyTo(values.Span[(row * width)..]);
                if (many)
                {
                    ages.Span[row] = column.Ages[part];
                    mask.Span[row] = 1;
                }
            }
        }

        if (many)
        {
            inputs.Add($"{bag.Name}_keys", keys, users, parts, width);
            inputs.Add($"{bag.Name}_values", values, users, parts, width);
            inputs.Add($"{bag.Name}_ages", ages, users, parts);
            inputs.Add($"{bag.Name}_mask", mask, users, parts);
            return;
        }

        inputs.Add($"{bag.Name}_keys", keys, users, width);
        inputs.Add($"{bag.Name}_values", values, users, width);
        if (bag.GateHalfCount is not null)
        {
            var gates = Pad.Rent<float>(users, rented);
            column.Gates.CopyTo(gates.Span);
            inputs.Add($"{bag.Name}_gate", gates, users, 1);
        }
    }
}

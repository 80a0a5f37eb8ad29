using System.Numerics.Tensors;
using Lurm.Store.Histories;
using Microsoft.ML.OnnxRuntime;

namespace Lurm.Store.Encoders;

/// <summary>The CPU path: table rows are summed here, where only non-zeros are touched; the dense rest runs in ONNX Runtime.</summary>
internal sealed class PooledUserEncoder : IUserEncoder
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly ModelCard _card;
    private readonly PoolingTable[] _tables;

    public PooledUserEncoder(ModelCard card, IReadOnlyList<PoolingTable> tables, InferenceSession session)
    {
        _card = card;
        _session = session;
        _tables = [.. card.Bags.Select(bag => tables.Single(table => table.Bags.Contains(bag.Name, StringComparer.Ordinal)))];
        Signatures.Check(session, card, card.Bags.SelectMany(Inputs));
    }

    /// <inheritdoc/>
    public string Device => "cpu, pooling in C#";

    /// <inheritdoc/>
    public void Encode(EncoderBatch batch, Span<float> representations)
    {
        var rented = new List<Array>();
        try
        {
            using var inputs = new TensorBuffers();
            using var outputs = new TensorBuffers();
            for (var i = 0; i < _card.Bags.Count; i++)
            {
                AddBag(inputs, _card.Bags[i], _tables[i], batch[i], batch.Count, rented);
            }

            var output = Pad.Rent<float>(batch.Count * _card.Dimensions, rented);
            outputs.Add(OnnxUserEncoder.OutputName, output, batch.Count, _card.Dimensions);
            _session.Run(_run, inputs.Names, inputs.Values, outputs.Names, outputs.Values);
            output.Span.CopyTo(representations);
        }
        finally
        {
            Pad.Return(rented);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private static bool IsMany(BagInput bag) => bag.Scale is Scale.Month or Scale.Season or Scale.Year;

    private static IEnumerable<string> Inputs(BagInput bag)
    {
        yield return $"{bag.Name}_pooled";
        if (IsMany(bag))
        {
            yield return $"{bag.Name}_ages";
            yield return $"{bag.Name}_mask";
        }
        else if (bag.GateHalfCount is not null)
        {
            yield return $"{bag.Name}_gate";
        }
    }

    private static void AddBag(TensorBuffers inputs, BagInput bag, PoolingTable table, BagColumn column, int users, List<Array> rented)
    {
        var parts = IsMany(bag) ? Math.Max(1, column.MaxParts) : 1;
        var pooled = Pad.Rent<float>(users * parts * table.Width, rented);
        var ages = Pad.Rent<int>(users * parts, rented);
        var mask = Pad.Rent<float>(users * parts, rented);
        var rows = table.Values.Span;
        for (var user = 0; user < users; user++)
        {
            for (var part = column.UserParts[user]; part < column.UserParts[user + 1]; part++)
            {
                var row = (user * parts) + part - column.UserParts[user];
                var sum = pooled.Span.Slice(row * table.Width, table.Width);
                for (var i = column.PartStarts[part]; i < column.PartStarts[part + 1]; i++)
                {
                    TensorPrimitives.MultiplyAdd(rows.Slice(column.Keys[i] * table.Width, table.Width), column.Values[i], sum, sum);
                }

                ages.Span[row] = column.Ages[part];
                mask.Span[row] = 1;
            }
        }

        if (IsMany(bag))
        {
            inputs.Add($"{bag.Name}_pooled", pooled, users, parts, table.Width);
            inputs.Add($"{bag.Name}_ages", ages, users, parts);
            inputs.Add($"{bag.Name}_mask", mask, users, parts);
            return;
        }

        inputs.Add($"{bag.Name}_pooled", pooled, users, table.Width);
        if (bag.GateHalfCount is not null)
        {
            var gates = Pad.Rent<float>(users, rented);
            column.Gates.CopyTo(gates.Span);
            inputs.Add($"{bag.Name}_gate", gates, users, 1);
        }
    }
}

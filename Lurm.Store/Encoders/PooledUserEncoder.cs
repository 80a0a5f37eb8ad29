using Microsoft.ML.OnnxRuntime;

namespace Lurm.Store.Encoders;

/// <summary>The CPU path: table rows are summed here, where only non-zeros are touched; the dense rest runs in ONNX Runtime.</summary>
internal sealed class PooledUserEncoder : IUserEncoder
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly ModelCard _card;
    private readonly PoolingTable[] _tables;

    /// <summary>Bags of one part, those that share a table together.</summary>
    private readonly int[][] _singles;

    public PooledUserEncoder(ModelCard card, IReadOnlyList<PoolingTable> tables, InferenceSession session)
    {
        _card = card;
        _session = session;
        _tables = [.. card.Bags.Select(bag => tables.Single(table => table.Bags.Contains(bag.Name, StringComparer.Ordinal)))];
        _singles = [.. Enumerable.Range(0, card.Bags.Count).Where(i => !card.Bags[i].IsMany).GroupBy(i => _tables[i]).Select(group => group.ToArray())];
        Signatures.Check(session, card, card.Bags.SelectMany((bag, i) => Signatures.BesideKeys(bag).Prepend(Pooled(bag, _tables[i].Width))));
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
            foreach (var bags in _singles)
            {
                AddSingle(inputs, batch, bags, rented);
            }

            for (var i = 0; i < _card.Bags.Count; i++)
            {
                if (_card.Bags[i].IsMany)
                {
                    AddMany(inputs, _card.Bags[i], _tables[i], batch[i], batch.Count, rented);
                }
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

    private static ModelTensor Pooled(BagInput bag, int width) =>
        new($"{bag.Name}_pooled", typeof(float), bag.IsMany ? [ModelTensor.Any, ModelTensor.Any, width] : [ModelTensor.Any, width]);

    /// <summary>Pools the bags of one part that share a table, two at a time, and adds their inputs.</summary>
    private void AddSingle(TensorBuffers inputs, EncoderBatch batch, int[] bags, List<Array> rented)
    {
        var table = _tables[bags[0]];
        var pooled = Array.ConvertAll(bags, _ => Pad.Rent<float>(batch.Count * table.Width, rented));
        for (var user = 0; user < batch.Count; user++)
        {
            for (var b = 0; b < bags.Length; b++)
            {
                var part = batch[bags[b]].Part(user);
                var keys = part.KeysFrom[..Math.Min(part.KeysFrom.Length, part.Values.Length + Pooling.BlockRows)];
                var sum = pooled[b].Span.Slice(user * table.Width, table.Width);
                if (b + 1 < bags.Length && batch[bags[b + 1]].Part(user) is var next && next.Keys.SequenceEqual(part.Keys))
                {
                    Pooling.Add(table.Values.Span, table.Width, keys, part.Values, sum, next.Values, pooled[b + 1].Span.Slice(user * table.Width, table.Width));
                    b++;
                    continue;
                }

                Pooling.Add(table.Values.Span, table.Width, keys, part.Values, sum);
            }
        }

        for (var b = 0; b < bags.Length; b++)
        {
            var bag = _card.Bags[bags[b]];
            inputs.Add($"{bag.Name}_pooled", pooled[b], batch.Count, table.Width);
            if (bag.GateHalfCount is not null)
            {
                var gates = Pad.Rent<float>(batch.Count, rented);
                batch[bags[b]].Gates.CopyTo(gates.Span);
                inputs.Add($"{bag.Name}_gate", gates, batch.Count, 1);
            }
        }
    }

    private static void AddMany(TensorBuffers inputs, BagInput bag, PoolingTable table, BagColumn column, int users, List<Array> rented)
    {
        var parts = Math.Max(1, column.MaxParts);
        var pooled = Pad.Rent<float>(users * parts * table.Width, rented);
        var ages = Pad.Rent<int>(users * parts, rented);
        var mask = Pad.Rent<float>(users * parts, rented);
        for (var user = 0; user < users; user++)
        {
            for (var part = column.UserParts[user]; part < column.UserParts[user + 1]; part++)
            {
                var row = (user * parts) + part - column.UserParts[user];
                var keys = column.PartStarts[part]..column.PartStarts[part + 1];
                Pooling.Add(table.Values.Span, table.Width, column.Keys[keys], column.Values[keys], pooled.Span.Slice(row * table.Width, table.Width));
                ages.Span[row] = column.Ages[part];
                mask.Span[row] = 1;
            }
        }

        inputs.Add($"{bag.Name}_pooled", pooled, users, parts, table.Width);
        inputs.Add($"{bag.Name}_ages", ages, users, parts);
        inputs.Add($"{bag.Name}_mask", mask, users, parts);
    }
}

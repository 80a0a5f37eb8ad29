using System.Numerics.Tensors;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;

namespace Lurm.Store.Generations;

/// <summary>Derives and encodes the bags of a chunk, in batches of users of one size class. One thread; reused from chunk to chunk.</summary>
internal sealed class ChunkEncoder
{
    private readonly BagBuilder _builder;
    private readonly IUserEncoder _encoder;
    private readonly ModelCard _card;
    private readonly int _batchSize;
    private readonly Dictionary<int, (EncoderBatch Batch, List<int> Rows)> _classes = [];
    private float[] _output = [];

    public ChunkEncoder(ModelCard card, BagBuilder builder, IUserEncoder encoder, int batchSize)
    {
        _card = card;
        _builder = builder;
        _encoder = encoder;
        _batchSize = batchSize;
    }

    /// <param name="chunk">Histories of some users.</param>
    /// <param name="used">A chunk that nobody reads any more; none: a new one is made.</param>
    public EncodedChunk Encode(HistoryChunk chunk, EncodedChunk? used = null)
    {
        var encoded = (used ?? new EncodedChunk(_card.Dimensions)).Begin(chunk.Sequence, chunk.Users);
        for (var i = 0; i < encoded.Count; i++)
        {
            if (!_builder.Build(chunk.Entries(i)))
            {
                encoded.IsZero[i] = true;
                continue;
            }

            var size = EncoderBatch.SizeClass(_builder);
            if (!_classes.TryGetValue(size, out var group))
            {
                _classes.Add(size, group = (new EncoderBatch(_card), []));
            }

            group.Batch.Add(_builder);
            group.Rows.Add(i);
            if (group.Rows.Count == _batchSize)
            {
                Run(group.Batch, group.Rows, encoded);
            }
        }

        foreach (var (batch, rows) in _classes.Values)
        {
            Run(batch, rows, encoded);
        }

        return encoded;
    }

    /// <summary>Encodes one user; false where nothing of it is known.</summary>
    public bool Encode(ReadOnlySpan<HistoryEntry> entries, ReadOnlySpan<bool> keep, double? halfLifePeriods, Span<float> representation)
    {
        if (!_builder.Build(entries, keep, halfLifePeriods))
        {
            return false;
        }

        var batch = new EncoderBatch(_card);
        batch.Add(_builder);
        _encoder.Encode(batch, representation);
        return IsUnit(representation);
    }

    private void Run(EncoderBatch batch, List<int> rows, EncodedChunk encoded)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var dimensions = _card.Dimensions;
        if (_output.Length < rows.Count * dimensions)
        {
            _output = new float[rows.Count * dimensions];
        }

        _encoder.Encode(batch, _output.AsSpan(0, rows.Count * dimensions));
        for (var i = 0; i < rows.Count; i++)
        {
            var vector = _output.AsSpan(i * dimensions, dimensions);
            encoded.IsZero[rows[i]] = !IsUnit(vector);
            vector.CopyTo(encoded.Vector(rows[i]));
        }

        batch.Clear();
        rows.Clear();
    }

    /// <summary>False for what a bag that cancels out gives: zeros or not-a-number.</summary>
    /// <exception cref="StoreException">It is neither unit length nor nothing: the model breaks its contract.</exception>
    private bool IsUnit(ReadOnlySpan<float> vector)
    {
        var squares = TensorPrimitives.SumOfSquares(vector);
        if (Math.Abs(squares - 1) < 1e-3f)
        {
            return true;
        }

        return !(squares > 1e-6f)
            ? false
            : throw new StoreException(StoreFault.Incompatible, $"the encoder of model '{_card.ModelId}' gave a representation of length {MathF.Sqrt(squares)}; expected 1. Train anew with 'lurm-train fit'.");
    }
}

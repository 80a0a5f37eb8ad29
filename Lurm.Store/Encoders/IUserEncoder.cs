namespace Lurm.Store.Encoders;

/// <summary>Turns bags into representations.</summary>
/// <remarks>Any number of threads, each with its own <see cref="EncoderBatch"/>.</remarks>
internal interface IUserEncoder : IDisposable
{
    /// <summary>Where it runs: "cpu (pooling in C#)", "cpu" or "cuda".</summary>
    string Device { get; }

    /// <summary>Encodes every user of <paramref name="batch"/>.</summary>
    /// <param name="batch">At least one user.</param>
    /// <param name="representations">Receives row i for user i, shape [batch.Count × Dimensions], unit length.</param>
    void Encode(EncoderBatch batch, Span<float> representations);
}

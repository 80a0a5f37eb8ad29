namespace Lurm.Index.Quantization;

/// <summary>The step of each dimension's int8 codes, and the encoding by it.</summary>
/// <remarks>
/// A vector is stored as round(x_j / step_j), clipped to ±127. A query is q_j · step_j, so that the product needs no correction, in
/// int16: 13 bits or so, which makes the stored side the only coarse one. Steps come from the data: the smaller of the largest
/// magnitude and <see cref="ClipSpreads"/> standard deviations, over 127.
/// </remarks>
internal sealed unsafe class Int8Scales
{
    /// <summary>Largest code.</summary>
    private const float LargestCode = 127f;

    /// <summary>Standard deviations beyond which a component is clipped: a few outliers must not coarsen all others.</summary>
    private const float ClipSpreads = 6f;

    /// <summary>Rows looked at; a spread needs no more.</summary>
    private const int SampleRows = 20_000;

    private readonly float[] _inverse;

    public Int8Scales(float[] steps)
    {
        Steps = steps;
        _inverse = Array.ConvertAll(steps, step => 1f / step);

        // The sum over all components must fit an int32: every kernel ends in one.
        LargestQuery = (float)Math.Min(8191, int.MaxValue / (LargestCode * (double)steps.Length));
    }

    /// <summary>Size of one code step per dimension.</summary>
    public float[] Steps { get; }

    /// <summary>Largest magnitude of a prepared query component, such that no kernel overflows.</summary>
    public float LargestQuery { get; }

    /// <summary>Steps for unit vectors of which none is known yet.</summary>
    public static Int8Scales ForUnitVectors(int length)
    {
        var steps = new float[length];
        Array.Fill(steps, Math.Min(1f, ClipSpreads / MathF.Sqrt(length)) / LargestCode);
        return new Int8Scales(steps);
    }

    /// <summary>Steps that fit the given rows.</summary>
    /// <param name="vectors">Row-major, rows <paramref name="stride"/> floats apart.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="stride">Distance of two rows, in floats.</param>
    /// <param name="length">Components of a row.</param>
    public static Int8Scales Fit(float* vectors, int rows, int stride, int length)
    {
        var steps = new float[length];
        var squares = new double[length];
        var every = Math.Max(1, rows / SampleRows);
        var sampled = 0;
        for (long row = 0; row < rows; row += every)
        {
            sampled++;
            var v = vectors + (row * stride);
            for (var j = 0; j < length; j++)
            {
                steps[j] = Math.Max(steps[j], Math.Abs(v[j]));
                squares[j] += (double)v[j] * v[j];
            }
        }

        for (var j = 0; j < length; j++)
        {
            var clip = ClipSpreads * (float)Math.Sqrt(squares[j] / Math.Max(1, sampled));
            var largest = Math.Min(steps[j], clip);
            steps[j] = largest > 1e-12f ? largest / LargestCode : 1f / LargestCode;
        }

        return new Int8Scales(steps);
    }

    /// <summary>Writes the codes of <paramref name="vector"/>, zeros up to <paramref name="padded"/>.</summary>
    public void Encode(float* vector, sbyte* codes, int padded)
    {
        var inverse = _inverse;
        for (var j = 0; j < inverse.Length; j++)
        {
            codes[j] = (sbyte)MathF.Round(Math.Clamp(vector[j] * inverse[j], -LargestCode, LargestCode));
        }

        for (var j = inverse.Length; j < padded; j++)
        {
            codes[j] = 0;
        }
    }

    /// <summary>Writes the prepared query; returns the factor that turns a kernel's result into a score.</summary>
    public float Prepare(float* query, short* prepared, int padded)
    {
        var steps = Steps;
        var largest = 0f;
        for (var j = 0; j < steps.Length; j++)
        {
            largest = Math.Max(largest, Math.Abs(query[j] * steps[j]));
        }

        var scale = largest > 0 ? LargestQuery / largest : 0;
        for (var j = 0; j < steps.Length; j++)
        {
            prepared[j] = (short)MathF.Round(query[j] * steps[j] * scale);
        }

        for (var j = steps.Length; j < padded; j++)
        {
            prepared[j] = 0;
        }

        return scale > 0 ? 1f / scale : 0;
    }
}

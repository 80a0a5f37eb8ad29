using Lurm.Training.Evaluation.Features;
using Lurm.Training.Samples;

namespace Lurm.Training.Evaluation.Tasks;

/// <summary>What a scorer may look at, the same users in every part.</summary>
internal sealed class LookalikeInput
{
    /// <summary>Users drawn from everybody to stand for the population.</summary>
    private const int Background = 2_000;

    /// <summary>Wider rows are not written out one by one.</summary>
    private const int WidestDense = 1_024;

    private readonly int[] _background;
    private readonly Lazy<float[]> _plain;
    private readonly Lazy<float[]> _withActivity;

    /// <param name="features">A representation, unit rows.</param>
    /// <param name="activity">Side features.</param>
    /// <param name="bags">Log-odds are read off them, whatever the representation.</param>
    /// <param name="seed">Of the draw of the background: the same users for every representation.</param>
    public LookalikeInput(FeatureMatrix features, Activity activity, SparseFeatures bags, long seed)
    {
        Features = features;
        Activity = activity;
        Bags = bags;
        var random = new SampleRandom(seed, 42);
        _background = [.. Enumerable.Range(0, features.Rows).OrderBy(_ => random.NextBits()).Take(Background).Order()];
        _plain = new Lazy<float[]>(() => Rows(_background, withActivity: false));
        _withActivity = new Lazy<float[]>(() => Rows(_background, withActivity: true));
    }

    public FeatureMatrix Features { get; }

    /// <summary>Who stands for the population, ascending.</summary>
    public ReadOnlySpan<int> BackgroundUsers => _background;

    public Activity Activity { get; }

    public SparseFeatures Bags { get; }

    /// <summary>Whether rows are short enough for scorers that take them one by one.</summary>
    public bool IsNarrow => Features.Columns <= WidestDense;

    /// <summary>Rows of the background, one after the other.</summary>
    public float[] BackgroundRows(bool withActivity) => (withActivity ? _withActivity : _plain).Value;

    /// <summary>These rows, one after the other, the side features last where they are wanted.</summary>
    public float[] Rows(int[] rows, bool withActivity)
    {
        var columns = Features.Columns + (withActivity ? Activity.Columns : 0);
        var values = new float[(long)rows.Length * columns];
        for (var i = 0; i < rows.Length; i++)
        {
            CopyRow(rows[i], values.AsSpan(i * columns, columns));
        }

        return values;
    }

    /// <summary>One row; the side features too where there is room for them.</summary>
    public void CopyRow(int row, Span<float> target)
    {
        Features.CopyRow(row, target[..Features.Columns]);
        if (target.Length > Features.Columns)
        {
            Activity[row].CopyTo(target[Features.Columns..]);
        }
    }
}

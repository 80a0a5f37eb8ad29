using Lurm.Store.Histories;
using Lurm.Training.Histories;

namespace Lurm.Training.Evaluation.Features;

/// <summary>How lately and how much users act, as the lookalike query counts it; beside a representation, never part of it.</summary>
internal sealed class Activity
{
    /// <summary>ln(1 + days since the last period with events), ln(1 + events per period with events), ln(1 + events), ln(1 + periods with events).</summary>
    public const int Columns = 4;

    private readonly float[] _values;

    private Activity(float[] values) => _values = values;

    /// <summary>The numbers of one user.</summary>
    public ReadOnlySpan<float> this[int row] => _values.AsSpan(row * Columns, Columns);

    /// <summary>Counts the activity of all users.</summary>
    public static Activity Of(UserHistories histories, PeriodGrain grain)
    {
        var days = grain == PeriodGrain.Month ? 30 : 1;
        var values = new float[histories.Count * Columns];
        for (var row = 0; row < histories.Count; row++)
        {
            var events = 0L;
            var periods = new HashSet<int>();
            foreach (ref readonly var entry in histories[row])
            {
                events += entry.Count;
                periods.Add(entry.Period);
            }

            values[row * Columns] = MathF.Log(1 + (days * (histories.LastPeriod - histories[row][^1].Period)));
            values[(row * Columns) + 1] = MathF.Log(1 + ((float)events / periods.Count));
            values[(row * Columns) + 2] = MathF.Log(1 + events);
            values[(row * Columns) + 3] = MathF.Log(1 + periods.Count);
        }

        return new Activity(values);
    }
}

using System.Globalization;
using System.Text.Json;
using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.Training.Evaluation.Features;
using Lurm.Training.Histories;

namespace Lurm.Training.Evaluation;

/// <summary>
/// Fits models on a part of a database: copies that part into a database of its own and goes the way every user goes, ingest, fit, embed,
/// so that what is measured is what would be served.
/// </summary>
internal sealed class TemporaryModels : IModelFitter, IDisposable
{
    private readonly LurmDatabase _original;
    private readonly FitOptions _options;
    private readonly IReadOnlyList<ItemRecord> _items;
    private readonly IReadOnlyList<string> _kinds;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lurm-evaluate-");
    private readonly Dictionary<UserHistories, LurmDatabase> _copies = [];
    private readonly IProgress<string>? _progress;
    private readonly CancellationToken _cancellationToken;

    /// <param name="original">Whose users, items and kinds are copied.</param>
    /// <param name="options">As the registered model was fitted.</param>
    /// <param name="progress">Told what the fit does.</param>
    /// <param name="cancellationToken">Checked often.</param>
    public TemporaryModels(LurmDatabase original, FitOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        _original = original;
        _options = options;
        _items = original.ReadItems(cancellationToken);
        _kinds = original.Kinds;
        _progress = progress;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The model that a database serves.</summary>
    public static EvaluatedModel Registered(LurmDatabase database, CancellationToken cancellationToken)
    {
        if (!database.TryGetActiveModel(out var bundle))
        {
            throw new TrainingException(
                TrainingFault.Invalid,
                database.Models.Count == 0
                    ? $"'{database.Folder}' has no model. Run 'lurm-train fit {database.Folder}' and 'lurm embed {database.Folder}', or measure baselines alone with --baselines."
                    : $"'{database.Folder}' has a model but no representations yet. Run 'lurm embed {database.Folder}'.");
        }

        return Describe(database, bundle, database, database.ReadItems(cancellationToken));
    }

    /// <summary>Options that make a model of this one's kind: as many interests, where they are not the items themselves, and as many anchors.</summary>
    public static FitOptions Like(EvaluatedModel registered)
    {
        var items = registered.InterestOfItem.Where(interest => interest >= 0).ToArray();
        var isIdentity = items.Distinct().Count() == items.Length;
        var defaults = new FitOptions();
        return defaults with
        {
            Interests = isIdentity ? null : registered.Interests,
            Smen = defaults.Smen with { Anchors = registered.Anchors, AnchorDimensions = registered.Dimensions / registered.Anchors },
        };
    }

    public EvaluatedModel Fit(UserHistories training, EncoderVariant variant, UserHistories? unseen = null)
    {
        if (!_copies.TryGetValue(training, out var copy))
        {
            _copies[training] = copy = LurmDatabase.Create(Path.Combine(_folder.FullName, $"{_copies.Count}.lurm"), _original.Grain);
            CopyInto(copy, training, "training");
            CopyVectorsInto(copy);
        }

        var run = new FitRun(variant.Apply(_options) with { ModelId = $"m{copy.Models.Count}" }, TimeProvider.System)
        {
            Progress = new Commands.ReportTo<FitProgress>(step => Tell(step)),
        };
        var fitted = run.Run(copy, _cancellationToken);
        if (unseen is not null)
        {
            CopyInto(copy, unseen, "unseen");
        }

        copy.Embed(new EmbedOptions { ModelId = fitted.Card.ModelId }, cancellationToken: _cancellationToken);
        return copy.TryGetActiveModel(out var bundle) && bundle.Card.ModelId == fitted.Card.ModelId
            ? Describe(copy, bundle, _original, _items)
            : throw new TrainingException(TrainingFault.Invalid, $"model '{fitted.Card.ModelId}' was fitted and embedded but is not active; expected it to be.");
    }

    public void Dispose()
    {
        foreach (var copy in _copies.Values)
        {
            copy.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static EvaluatedModel Describe(LurmDatabase serving, ModelBundle bundle, LurmDatabase original, IReadOnlyList<ItemRecord> items)
    {
        var card = bundle.Card;
        return new EvaluatedModel
        {
            Id = card.ModelId,
            Description = $"{card.Anchors} anchors of {card.AnchorDimensions}, bags {string.Join(", ", card.Bags.Select(bag => bag.Name))}",
            InterestOfItem = bundle.Interests.MapItems(items),
            Labels = bundle.Interests.Labels,
            Idf = bundle.Interests.Idf.ToArray(),
            KindWeights = [.. original.Kinds.Select(kind => card.KindWeights.TryGetValue(kind, out var weight) ? weight : 1.0)],
            Dimensions = card.Dimensions,
            Anchors = card.Anchors,
            Centroids = bundle.Interests.Centroids.ToArray(),
            Encode = (histories, cancellationToken) => Read(serving, original, histories, card.Dimensions, cancellationToken),
        };
    }

    /// <summary>The stored representations of these users; zeros where a user has none, as that user is not found either.</summary>
    private static DenseFeatures Read(LurmDatabase serving, LurmDatabase original, UserHistories histories, int dimensions, CancellationToken cancellationToken)
    {
        var ids = new string?[histories.Count];
        original.GetUserIds(histories.Keys, ids);
        var values = new float[(long)histories.Count * dimensions];
        for (var row = 0; row < histories.Count; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ids[row] is { } id && serving.TryGetRepresentation(id, out var representation))
            {
                representation.CopyTo(values, row * dimensions);
            }
        }

        return new DenseFeatures(histories.Count, dimensions, values);
    }

    private void CopyInto(LurmDatabase copy, UserHistories histories, string batch)
    {
        _progress?.Report($"copying {histories.Count} users into a database of their own");
        copy.Ingest(Events(histories), batch, cancellationToken: _cancellationToken);
    }

    /// <summary>Vectors that the user supplied, so that the copy's interests are made of them too.</summary>
    private void CopyVectorsInto(LurmDatabase copy)
    {
        var supplied = _items.Where(item => !item.Vector.IsEmpty).ToArray();
        if (supplied.Length == 0)
        {
            return;
        }

        var file = Path.Combine(_folder.FullName, "vectors.ndjson");
        File.WriteAllLines(file, supplied.Select(item => JsonSerializer.Serialize(new { id = item.Id, vector = string.Join(' ', item.Vector.ToArray().Select(component => component.ToString("R", CultureInfo.InvariantCulture))) })));
        copy.ImportItems(file, new ItemMapping { IdColumn = "id", VectorColumn = "vector" }, _cancellationToken);
    }

    private IEnumerable<BehaviourEvent> Events(UserHistories histories)
    {
        var items = _items.ToDictionary(item => item.Key);
        var ids = new string?[histories.Count];
        _original.GetUserIds(histories.Keys, ids);
        for (var row = 0; row < histories.Count; row++)
        {
            foreach (var entry in histories[row].ToArray())
            {
                var item = items[entry.Item];
                var behaviour = new BehaviourEvent
                {
                    User = ids[row]!,
                    Item = item.Id,
                    Time = Middle(entry.Period),
                    Kind = entry.Kind == 0 ? null : _kinds[entry.Kind],
                    Weight = entry.WeightThousandths == 1000L * entry.Count ? null : entry.WeightThousandths / 1000.0 / entry.Count,
                    Title = item.Title,
                    Category = item.Category,
                };
                for (var i = 0; i < entry.Count; i++)
                {
                    yield return behaviour;
                }
            }
        }
    }

    // Histories keep periods, not times: any moment of the period will do.
    private DateTimeOffset Middle(int period) => _original.Grain == PeriodGrain.Month
        ? new DateTimeOffset(1970 + (period / 12), (period % 12) + 1, 15, 0, 0, 0, TimeSpan.Zero)
        : DateTimeOffset.UnixEpoch.AddDays(period);

    private void Tell(FitProgress step)
    {
        if (step.IsMilestone)
        {
            _progress?.Report("  " + step.Text);
        }
    }
}

using Lurm.Store.Encoders;

namespace Lurm.Training;

/// <summary>What <c>fit</c> made.</summary>
/// <param name="Card">The registered model.</param>
/// <param name="NearestItems">Diagnostics: ten popular items, each with the titles nearest to it.</param>
/// <param name="ResumedEpochs">Passes taken over from an earlier, unfinished run.</param>
/// <param name="Elapsed">Wall time of all of it.</param>
internal sealed record FitReport(ModelCard Card, IReadOnlyList<(string Item, IReadOnlyList<string> Nearest)> NearestItems, int ResumedEpochs, TimeSpan Elapsed);

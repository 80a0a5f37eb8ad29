using Lurm.Store.Encoders;
using Lurm.Store.Histories;

namespace Lurm.Training.Smen;

/// <summary>The sizes of a network: what follows from the options, the bags and the number of interests.</summary>
/// <param name="Interests">Rows of the table.</param>
/// <param name="Bags">The bag inputs; the first is the main one, which starts in the first components.</param>
/// <param name="Options">The modules' options.</param>
internal sealed record SmenShape(int Interests, IReadOnlyList<BagInput> Bags, SmenOptions Options)
{
    /// <summary>Components of a representation (D).</summary>
    public int Dimensions => Options.Dimensions;

    /// <summary>Components where each bag but the first starts: a quarter of all, in whole anchors where there are enough.</summary>
    public int Reserved
    {
        get
        {
            var others = Bags.Count - 1;
            if (others == 0 || Options.Aggregation == ScaleKind.Fusion)
            {
                return 0;
            }

            var whole = Options.Anchors / (4 * others);
            whole = whole == 0 && Options.Anchors >= 2 * Bags.Count ? 1 : whole;
            return whole > 0 ? whole * Options.AnchorDimensions : Math.Max(1, Dimensions / (4 * others));
        }
    }

    /// <summary>Components of a table row (3D/4 in the default with recent anchors).</summary>
    public int Width => Dimensions - (Reserved * (Bags.Count - 1));

    /// <summary>Anchors within a table row.</summary>
    public int TableAnchors => Width % Options.AnchorDimensions == 0 ? Width / Options.AnchorDimensions : 1;

    /// <summary>Components of an anchor within a table row.</summary>
    public int TableAnchorDimensions => Width / TableAnchors;

    /// <summary>The components where bag <paramref name="bag"/> starts.</summary>
    public (int Start, int Length) Slice(int bag) => bag == 0 ? (0, Width) : (Width + ((bag - 1) * Reserved), Reserved);

    /// <summary>The whole anchors within bag <paramref name="bag"/>'s slice.</summary>
    public IReadOnlyList<int> AnchorsOf(int bag)
    {
        var (start, length) = Slice(bag);
        var size = Options.AnchorDimensions;
        return [.. Enumerable.Range(0, Options.Anchors).Where(anchor => anchor * size >= start && (anchor + 1) * size <= start + length)];
    }

    /// <summary>Whether a bag has one part per user.</summary>
    public static bool IsSingle(BagInput bag) => bag.Scale is Scale.Lifetime or Scale.Recent;
}

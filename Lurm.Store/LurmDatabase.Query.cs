using Lurm.Store.Queries;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>The users most like a stored one, most alike first, without itself.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="k">How many, 1 to 10,000.</param>
    /// <param name="filter">Only users that pass; always min(k, matches) of them.</param>
    /// <param name="cancellationToken">Checked while searching.</param>
    /// <exception cref="StoreException">NotFound: no such user, or it has no representation. Unavailable: nothing is embedded yet.</exception>
    public IReadOnlyList<SimilarUser> Similar(string userId, int k = 10, UserFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return Ask((userId, k, filter), static (lurm, view, asked, stop) => new SimilarSearch(lurm, view, stop).ByUser(asked.userId, asked.k, asked.filter), cancellationToken);
    }

    /// <summary>The users most like a user, a vector or events that are not stored, with every option.</summary>
    /// <exception cref="StoreException">NotFound, Unavailable as above; Invalid: the query contradicts itself or the model, and the message says where.</exception>
    public SimilarResult Similar(SimilarQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Ask(query, static (lurm, view, asked, stop) => new SimilarSearch(lurm, view, stop).Run(asked), cancellationToken);
    }

    /// <summary>Finds the users most like some seed users.</summary>
    /// <exception cref="StoreException">Unavailable: nothing is embedded yet. Invalid: no seed matches, or the query contradicts itself. NotFound: no such audience.</exception>
    /// <remarks>The first such query after a change reads everyone's activity and keeps all representations a second time in memory.</remarks>
    public LookalikeResult Lookalike(LookalikeQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Ask(query, static (lurm, view, asked, stop) => new LookalikeSearch(lurm, view, stop).Run(asked), cancellationToken);
    }

    /// <summary>Measures how many of the true nearest users the index finds, on some of these very users.</summary>
    /// <param name="k">Neighbours of each user, 1 to 1,000.</param>
    /// <param name="sample">How many users are asked for; all where there are fewer.</param>
    /// <param name="seed">Chooses them.</param>
    /// <param name="cancellationToken">Checked while searching.</param>
    public RecallReport MeasureRecall(int k = 10, int sample = 1000, int seed = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(sample, 1);
        return Ask((k, sample, seed), static (lurm, view, asked, stop) => RecallProbe.Run(lurm, view, asked.k, asked.sample, asked.seed, stop), cancellationToken);
    }

    /// <summary>A user's representation in the published generation, shape [Anchors × AnchorDimensions]; false where it has none.</summary>
    public bool TryGetRepresentation(string userId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out float[]? representation)
    {
        ArgumentNullException.ThrowIfNull(userId);
        representation = null;
        if (!TryGetUserKey(userId, out var key))
        {
            return false;
        }

        representation = Ask(
            key,
            static (_, view, userKey, _) =>
            {
                var vector = new float[view.Index.Dimensions];
                return view.Index.TryGetVector(userKey, vector) ? vector : null;
            },
            CancellationToken.None);
        return representation is not null;
    }
}

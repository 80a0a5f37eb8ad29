namespace Lurm.Store;

/// <summary>How a lookalike query scores users.</summary>
public enum LookalikeMethod
{
    /// <summary>Logistic regression of the seeds against the population, on representations and activity. A score is the log-odds of being a seed against being anyone: any number, 0 is even.</summary>
    Logistic,

    /// <summary>Nearness to the nearest of several groups of seeds. A score counts standard deviations of the population: 0 is the average user.</summary>
    Clusters,

    /// <summary>Sum of the log-odds, seeds against the population, of a user's interests that seeds have more often: explains itself. From 0, which says nothing. Reads every history.</summary>
    LogOdds,

    /// <summary>Direction from the population's mean to the seeds' mean: 0 is the average user, 1 the average seed.</summary>
    Centroid,

    /// <summary>Mean rank by logistic and logOdds, in [0, 1]: the share of users ranked below.</summary>
    Ensemble,
}

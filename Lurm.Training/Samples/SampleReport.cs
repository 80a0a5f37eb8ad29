namespace Lurm.Training.Samples;

/// <summary>What <see cref="SampleWriter"/> wrote.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Users">Shoppers that have labels; the rarest may have no event.</param>
/// <param name="Items">Items of the catalogue.</param>
/// <param name="Events">Rows of the events file.</param>
/// <param name="Switched">Shoppers whose persona changed.</param>
/// <param name="EventBytes">Size of the events file.</param>
/// <param name="Elapsed">Wall time of all of it.</param>
internal sealed record SampleReport(string Folder, int Users, int Items, long Events, int Switched, long EventBytes, TimeSpan Elapsed)
{
    /// <summary>The events, in time order: user,item,time,kind,title,category,country.</summary>
    public string EventsFile => Path.Combine(Folder, SampleWriter.EventsFileName);

    /// <summary>The planted truth, a line per shopper.</summary>
    public string LabelsFile => Path.Combine(Folder, SampleWriter.LabelsFileName);

    /// <summary>The catalogue: item,title,category.</summary>
    public string ItemsFile => Path.Combine(Folder, SampleWriter.ItemsFileName);
}

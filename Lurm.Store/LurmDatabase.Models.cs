using System.Collections.Concurrent;
using Lurm.Store.Encoders;
using Lurm.Store.Generations;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    private readonly ConcurrentDictionary<string, ModelBundle> _bundles = new(StringComparer.Ordinal);

    /// <summary>The models it knows, oldest first.</summary>
    public IReadOnlyList<ModelInfo> Models
    {
        get
        {
            using var read = Connections.ReadSnapshot();
            var generations = GenerationTable.All(read.Session);
            return
            [
                .. ModelRow.All(read.Session).Select(row => new ModelInfo(
                    row.Id,
                    row.State,
                    row.RegisteredAt,
                    generations.FindLast(generation => generation.ModelKey == row.Key && generation.State != GenerationState.Building) is { } last ? CountRepresentations(read.Session, last.Number) : 0)),
            ];
        }
    }

    /// <summary>Takes a bundle into <c>models/</c> as a candidate; the next <c>Embed</c> builds its generation.</summary>
    /// <param name="bundleFolder">A folder that <see cref="ModelBundle.Write"/> made; it is copied, unless it lies in <c>models/</c> already.</param>
    /// <exception cref="StoreException">It is no bundle or damaged; it is for another grain (Incompatible); or another model has its id (Conflict).</exception>
    public void RegisterModel(string bundleFolder)
    {
        var bundle = ModelBundle.Read(bundleFolder);
        if (bundle.Card.Grain != Grain)
        {
            throw new StoreException(StoreFault.Incompatible, $"model '{bundle.Card.ModelId}' was trained on {bundle.Card.Grain} periods; '{Folder}' keeps {Grain} periods. Train it on this database with 'lurm-train fit'.");
        }

        RefuseAnother(bundle);
        var target = ModelFolder(bundle.Card.ModelId);
        if (!string.Equals(bundle.Folder, target, StringComparison.Ordinal))
        {
            CopyBundle(bundle, target);
        }

        using var write = Connections.Write();
        ModelRow.Register(write.Session, bundle.Card.ModelId, bundle.Digest, Time.GetUtcNow());
        write.Commit();
    }

    /// <summary>The bundle of the active model; false before the first embedding.</summary>
    public bool TryGetActiveModel([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ModelBundle? bundle)
    {
        ModelRow? active;
        using (var read = Connections.Read())
        {
            active = ModelRow.Active(read.Session);
        }

        bundle = active is null ? null : ReadBundle(active.Id);
        return bundle is not null;
    }

    internal ModelBundle ReadBundle(ModelRow model)
    {
        var bundle = ReadBundle(model.Id);
        return bundle.Digest == model.Digest
            ? bundle
            : throw new StoreException(StoreFault.Conflict, $"'{bundle.Folder}' is not the model that was registered as '{model.Id}'. Put the registered bundle back, or train anew with 'lurm-train fit'.");
    }

    internal ModelBundle ReadBundle(string modelId) => _bundles.GetOrAdd(modelId, id => ModelBundle.Read(ModelFolder(id)));

    private string ModelFolder(string modelId) => System.IO.Path.Combine(Folder, "models", modelId);

    private void RefuseAnother(ModelBundle bundle)
    {
        using var read = Connections.Read();
        if (ModelRow.Find(read.Session, bundle.Card.ModelId) is { } known && known.Digest != bundle.Digest)
        {
            throw new StoreException(StoreFault.Conflict, $"'{Folder}' has another model with id '{bundle.Card.ModelId}', registered {known.RegisteredAt:u}. Give the new one another id.");
        }
    }

    private static void CopyBundle(ModelBundle bundle, string target)
    {
        if (Directory.Exists(target))
        {
            try
            {
                if (ModelBundle.Read(target).Digest == bundle.Digest)
                {
                    return;
                }
            }
            catch (StoreException)
            {
                // Damaged or half there: the good copy takes its place.
            }

            Directory.Delete(target, recursive: true);
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        string[] names = [.. bundle.Files.Select(file => file.Name), ModelBundle.ManifestName];
        DurableFiles.WriteFolder(target, [.. names.Select(name => (name, (ReadOnlyMemory<byte>)File.ReadAllBytes(System.IO.Path.Combine(bundle.Folder, name))))]);
    }
}

namespace Lurm.Store.Encoders;

/// <summary>A trained model on disk: <c>card.json</c>, <c>interests.bin</c>, <c>encoder.onnx</c> and, where it pays, <c>head.onnx</c> with <c>tables.bin</c>.</summary>
public sealed class ModelBundle
{
    /// <summary>What it is.</summary>
    public ModelCard Card => throw new NotImplementedException();

    /// <summary>Its items and interests.</summary>
    public InterestModel Interests => throw new NotImplementedException();

    /// <summary>The folder it lies in.</summary>
    public string Folder => throw new NotImplementedException();

    /// <summary>Reads and checks the bundle in <paramref name="folder"/>.</summary>
    /// <exception cref="StoreException">A file is missing, damaged or of another format.</exception>
    public static ModelBundle Read(string folder) => throw new NotImplementedException();
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace Lurm.Benchmarks.Index;

/// <summary>A folder of vectors: base.f32, query.f32 (unit rows), gt.i32 (exact neighbours), meta.json (n, d, q, k).</summary>
internal sealed class DataFolder
{
    public DataFolder(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(Path.Combine(path, "meta.json")))
        {
            throw new FileNotFoundException($"'{path}' holds no data set (meta.json is missing). Make it with: run.sh data {folder}");
        }

        using var meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "meta.json")));
        Name = name;
        Rows = meta.RootElement.GetProperty("n").GetInt32();
        Dimensions = meta.RootElement.GetProperty("d").GetInt32();
        QueryRows = meta.RootElement.GetProperty("q").GetInt32();
        TruthLength = meta.RootElement.GetProperty("k").GetInt32();
        Base = Read<float>(Path.Combine(path, "base.f32"));
        Queries = Read<float>(Path.Combine(path, "query.f32"));
        Truth = Read<int>(Path.Combine(path, "gt.i32"));
        Keys = new long[Rows];
        for (var i = 0; i < Rows; i++)
        {
            Keys[i] = i;
        }
    }

    public string Name { get; }

    public int Rows { get; }

    public int Dimensions { get; }

    public int QueryRows { get; }

    /// <summary>True neighbours per query.</summary>
    public int TruthLength { get; }

    public float[] Base { get; }

    public float[] Queries { get; }

    public int[] Truth { get; }

    public long[] Keys { get; }

    public ReadOnlySpan<float> Query(int i) => Queries.AsSpan(i * Dimensions, Dimensions);

    public ReadOnlySpan<float> Row(int i) => Base.AsSpan(i * Dimensions, Dimensions);

    private static T[] Read<T>(string path)
        where T : unmanaged
    {
        using var file = File.OpenRead(path);
        var values = new T[file.Length / Marshal.SizeOf<T>()];
        for (var at = 0; at < values.Length;)
        {
            var read = file.Read(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(1 << 26, values.Length - at))));
            at += read / Marshal.SizeOf<T>();
        }

        return values;
    }
}

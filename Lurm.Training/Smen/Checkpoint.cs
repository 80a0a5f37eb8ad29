using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Lurm.Training.Smen;

/// <summary>The state of a training run on disk, replaced whole after every pass: a run killed at any moment goes on from its last pass and ends with the same bits.</summary>
/// <param name="path">The file.</param>
/// <param name="fingerprint">Of options, data and seed: a file of another run is not taken.</param>
internal sealed class Checkpoint(string path, string fingerprint)
{
    private const string Magic = "LURMCKP1";

    /// <summary>Passes that were done when the last <see cref="TryRestore"/> took a file; 0 where it took none.</summary>
    public int ResumedEpochs { get; private set; }

    /// <summary>Writes the state beside the old file, then takes its place.</summary>
    public void Save(SmenNetwork network, Adam adam, EpochState state)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Magic);
        writer.Write(fingerprint);
        writer.Write(state.Epoch);
        writer.Write(state.StartLoss);
        writer.Write(state.LastLoss);
        writer.Write(state.BestLoss);
        writer.Write(state.BestOverlap ?? double.NaN);
        writer.Write(state.WithoutGain);
        writer.Write(adam.Steps);
        Write(writer, [.. network.parameters().Select(EpochState.Values)]);
        Write(writer, [.. adam.State.Select(EpochState.Values)]);
        Write(writer, state.Best);
        writer.Flush();
        var hash = SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            bytes.WriteTo(file);
            file.Write(hash);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Takes the state of an earlier run of the same fingerprint; false where there is none. A damaged file counts as none.</summary>
    public bool TryRestore(SmenNetwork network, Adam adam, EpochState state)
    {
        ResumedEpochs = 0;
        if (!File.Exists(path))
        {
            return false;
        }

        var bytes = File.ReadAllBytes(path);
        if (bytes.Length <= SHA256.HashSizeInBytes || !SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(^SHA256.HashSizeInBytes..)))
        {
            return false;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (reader.ReadString() != Magic || reader.ReadString() != fingerprint)
        {
            return false;
        }

        state.Epoch = reader.ReadInt32();
        state.StartLoss = reader.ReadDouble();
        state.LastLoss = reader.ReadDouble();
        state.BestLoss = reader.ReadDouble();
        state.BestOverlap = reader.ReadDouble() is var overlap && double.IsNaN(overlap) ? null : overlap;
        state.WithoutGain = reader.ReadInt32();
        adam.Steps = reader.ReadInt64();
        EpochState.Restore(network.parameters(), Read(reader));
        EpochState.Restore(adam.State, Read(reader));
        state.Best = Read(reader);
        ResumedEpochs = state.Epoch;
        return true;
    }

    /// <summary>Forgets the state: the run ended well, or is to begin anew.</summary>
    public void Delete()
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private static void Write(BinaryWriter writer, float[][] arrays)
    {
        writer.Write(arrays.Length);
        foreach (var array in arrays)
        {
            writer.Write(array.Length);
            writer.Write(MemoryMarshal.AsBytes(array.AsSpan()));
        }
    }

    private static float[][] Read(BinaryReader reader)
    {
        var arrays = new float[reader.ReadInt32()][];
        for (var i = 0; i < arrays.Length; i++)
        {
            arrays[i] = new float[reader.ReadInt32()];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(arrays[i].AsSpan()));
        }

        return arrays;
    }
}

using Lurm.Store.Encoders;
using Lurm.Training.Smen;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Lurm.Training.Export;

/// <summary>Runs exported models on bags, the way serving does, and compares with the trained network.</summary>
internal static class ParityCheck
{
    /// <summary>The largest difference of any component that is accepted.</summary>
    public const float Tolerance = 1e-4f;

    /// <summary>The largest difference between the network and its export on these users.</summary>
    public static float LargestDifference(SmenNetwork network, byte[] encoder, BagColumn[] columns, int[] users)
    {
        var expected = SmenTrainer.Encode(network, columns, users, torch.CPU);
        var found = RunEncoder(encoder, network.Shape, columns, users);
        var largest = 0f;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - found[i]);
            largest = float.IsNaN(difference) ? float.PositiveInfinity : Math.Max(largest, difference);
        }

        return largest;
    }

    /// <summary>Representations by <c>encoder.onnx</c>, row-major.</summary>
    public static float[] RunEncoder(byte[] encoder, SmenShape shape, BagColumn[] columns, int[] users)
    {
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var session = new InferenceSession(encoder, options);
        var inputs = new Dictionary<string, OrtValue>();
        try
        {
            for (var i = 0; i < columns.Length; i++)
            {
                AddInputs(inputs, shape.Bags[i], columns[i], users);
            }

            using var run = new RunOptions();
            using var outputs = session.Run(run, inputs, session.OutputNames);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach (var input in inputs.Values)
            {
                input.Dispose();
            }
        }
    }

    private static void AddInputs(Dictionary<string, OrtValue> inputs, BagInput bag, BagColumn column, int[] users)
    {
        var single = SmenShape.IsSingle(bag);
        var parts = single ? 1 : Math.Max(1, users.Max(user => Length(column.PartsOf(user))));
        var width = Math.Max(1, users.Max(user => Parts(column, user).Select(part => column.Parts.Keys(part).Length).DefaultIfEmpty().Max()));
        var keys = new int[users.Length * parts * width];
        var values = new float[keys.Length];
        var ages = new int[users.Length * parts];
        var mask = new float[ages.Length];
        for (var row = 0; row < users.Length; row++)
        {
            var slot = row * parts;
            foreach (var part in Parts(column, users[row]))
            {
                column.Parts.Keys(part).CopyTo(keys.AsSpan(slot * width));
                column.Parts.Values(part).CopyTo(values.AsSpan(slot * width));
                ages[slot] = column.Age(part);
                mask[slot++] = 1;
            }
        }

        long[] shape = single ? [users.Length, width] : [users.Length, parts, width];
        inputs[$"{bag.Name}_keys"] = OrtValue.CreateTensorValueFromMemory(keys, shape);
        inputs[$"{bag.Name}_values"] = OrtValue.CreateTensorValueFromMemory(values, shape);
        if (bag.GateHalfCount is not null)
        {
            inputs[$"{bag.Name}_gate"] = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(users, column.Gate), [users.Length, 1]);
        }

        if (!single)
        {
            inputs[$"{bag.Name}_ages"] = OrtValue.CreateTensorValueFromMemory(ages, [users.Length, parts]);
            inputs[$"{bag.Name}_mask"] = OrtValue.CreateTensorValueFromMemory(mask, [users.Length, parts]);
        }
    }

    private static int Length(Range range) => range.End.Value - range.Start.Value;

    private static IEnumerable<int> Parts(BagColumn column, int user)
    {
        var range = column.PartsOf(user);
        return Enumerable.Range(range.Start.Value, Length(range));
    }
}

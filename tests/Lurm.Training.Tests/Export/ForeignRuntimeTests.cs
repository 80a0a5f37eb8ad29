using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Lurm.Store.Encoders;
using Lurm.Store.Histories;
using Lurm.TestKit;
using Lurm.Training.Export;
using Lurm.Training.Smen;
using Lurm.Training.Tests.Smen;
using TorchSharp;

namespace Lurm.Training.Tests.Export;

/// <summary>An exported encoder is an ONNX model like any other: Node's build of ONNX Runtime loads it by its file and computes the same.</summary>
public sealed class ForeignRuntimeTests
{
    /// <summary>The exit code by which the script says that it found no runtime.</summary>
    private const int NoRuntime = 3;

    /// <summary>A folder with a <c>node_modules/onnxruntime-node</c>, where it is not among Node's global packages.</summary>
    private const string FolderVariable = "LURM_ONNXRUNTIME_NODE";

    private const string Script = """
        const fs = require('fs'), path = require('path');
        const [model, inputs] = process.argv.slice(1);
        const folders = [process.env.LURM_ONNXRUNTIME_NODE, path.resolve(process.execPath, '../../lib')].filter(folder => folder);
        let found;
        try {
          found = require.resolve('onnxruntime-node', { paths: folders.map(folder => path.join(folder, 'node_modules')) });
        } catch {
          process.exit(3);
        }
        const ort = require(found);
        const arrays = { int32: Int32Array, float32: Float32Array };
        (async () => {
          const session = await ort.InferenceSession.create(model);
          const feeds = {};
          for (const [name, { type, shape, data }] of Object.entries(JSON.parse(fs.readFileSync(inputs)))) {
            feeds[name] = new ort.Tensor(type, arrays[type].from(data), shape);
          }
          const { representation } = await session.run(feeds);
          console.log(JSON.stringify({ shape: representation.dims, data: Array.from(representation.data) }));
        })();
        """;

    [Fact]
    public async Task Another_runtime_computes_the_same_representations()
    {
        using var folder = new TemporaryFolder();
        var options = new SmenOptions { Anchors = 4, AnchorDimensions = 4, Scales = [Scale.Lifetime, Scale.Recent, Scale.Month], MaxPeriods = 6, Epochs = 2, BatchUsers = 16 };
        var bags = Synthetic.Bags(Synthetic.Histories(40, 8, 4), options);
        using var trained = new SmenTrainer(options, 1, torch.CPU).Train(bags, TestContext.Current.CancellationToken);
        var shape = trained.Network.Shape;
        var encoder = SmenExport.Encoder(trained.Network);
        var inputs = shape.Bags.SelectMany((bag, i) => Inputs(bag, bags.Columns[i], bags.Users)).ToDictionary(input => input.Name, input => input.Input);
        await File.WriteAllBytesAsync(folder["encoder.onnx"], encoder, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["inputs.json"], JsonSerializer.Serialize(inputs, JsonSerializerOptions.Web), TestContext.Current.CancellationToken);

        var found = await RunNode(folder["encoder.onnx"], folder["inputs.json"]);

        Assert.Equal([bags.Users.Length, shape.Dimensions], found.Shape);
        var ours = ParityCheck.RunEncoder(encoder, shape, bags.Columns, bags.Users);
        var network = SmenTrainer.Encode(trained.Network, bags.Columns, bags.Users, torch.CPU);
        for (var i = 0; i < ours.Length; i++)
        {
            Assert.Equal(ours[i], found.Data[i], ParityCheck.Tolerance);
            Assert.Equal(network[i], found.Data[i], ParityCheck.Tolerance);
        }
    }

    private static async Task<Output> RunNode(string model, string inputs)
    {
        using var node = StartNode(model, inputs);
        Assert.SkipWhen(node is null, "needs node");
        var output = node!.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(node.ExitCode == NoRuntime, $"needs onnxruntime-node, among node's global packages or in the folder that {FolderVariable} names");
        Assert.True(node.ExitCode == 0, await error);
        return JsonSerializer.Deserialize<Output>(await output, JsonSerializerOptions.Web)!;
    }

    private static Process? StartNode(string model, string inputs)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("node", ["-e", Script, model, inputs]) { RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The inputs of one bag as the format describes them, written down here once more: padded keys of value 0, absent periods masked out.</summary>
    private static IEnumerable<(string Name, Input Input)> Inputs(BagInput bag, BagColumn column, int[] users)
    {
        var isSingle = bag.Scale is Scale.Lifetime or Scale.Recent;
        int[][] parts = [.. users.Select(user => Enumerable.Range(0, column.Parts.Count).Take(column.PartsOf(user)).ToArray())];
        var slots = isSingle ? 1 : parts.Max(own => own.Length);
        var width = parts.SelectMany(own => own).Max(part => column.Parts.Keys(part).Length);
        var places = parts.SelectMany(own => Enumerable.Range(0, slots).Select(slot => slot < own.Length ? own[slot] : -1)).ToArray();
        int[] shape = isSingle ? [users.Length, width] : [users.Length, slots, width];
        yield return ($"{bag.Name}_keys", new Input("int32", shape, [.. places.SelectMany(part => Padded(part < 0 ? [] : Array.ConvertAll(column.Parts.Keys(part).ToArray(), key => (float)key)))]));
        yield return ($"{bag.Name}_values", new Input("float32", shape, [.. places.SelectMany(part => Padded(part < 0 ? [] : column.Parts.Values(part).ToArray()))]));
        if (bag.GateHalfCount is not null)
        {
            yield return ($"{bag.Name}_gate", new Input("float32", [users.Length, 1], Array.ConvertAll(users, column.Gate)));
        }

        if (!isSingle)
        {
            yield return ($"{bag.Name}_ages", new Input("int32", [users.Length, slots], Array.ConvertAll(places, part => part < 0 ? 0f : column.Age(part))));
            yield return ($"{bag.Name}_mask", new Input("float32", [users.Length, slots], Array.ConvertAll(places, part => part < 0 ? 0f : 1f)));
        }

        float[] Padded(float[] part) => [.. part, .. new float[width - part.Length]];
    }

    private sealed record Input(string Type, int[] Shape, float[] Data);

    private sealed record Output(int[] Shape, float[] Data);
}

using System.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace Lurm.Store.Encoders;

/// <summary>The named tensors of one run over memory that is ours: pinned for as long as this lives, copied nowhere.</summary>
internal sealed class TensorBuffers : IDisposable
{
    private readonly List<string> _names = [];
    private readonly List<OrtValue> _values = [];
    private readonly List<MemoryHandle> _pins = [];

    public IReadOnlyList<string> Names => _names;

    public IReadOnlyList<OrtValue> Values => _values;

    public void Add<T>(string name, Memory<T> memory, params long[] shape)
        where T : unmanaged
    {
        _pins.Add(memory.Pin());
        _values.Add(OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape));
        _names.Add(name);
    }

    public void Dispose()
    {
        _values.ForEach(value => value.Dispose());
        _pins.ForEach(pin => pin.Dispose());
    }
}

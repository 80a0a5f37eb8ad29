using System.Diagnostics.CodeAnalysis;

namespace Lurm.Index;

/// <summary>How the vectors that a search walks over are stored; answers are always scored on float32.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The number formats are what it is about.")]
public enum VectorStorage
{
    /// <summary>Four bytes a component, exact.</summary>
    Float32,

    /// <summary>Two bytes a component for the walk, float32 for the final ranking.</summary>
    Float16,

    /// <summary>One byte a component for the walk, float32 for the final ranking.</summary>
    Int8,
}

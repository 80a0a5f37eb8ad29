namespace Lurm.Store;

/// <summary>How a <see cref="UserFilter"/> compares a property with a constant.</summary>
public enum FilterOperator
{
    /// <summary><c>eq</c></summary>
    Equal,

    /// <summary><c>ne</c>; true where the property has no value and the constant is one.</summary>
    NotEqual,

    /// <summary><c>lt</c></summary>
    LessThan,

    /// <summary><c>le</c></summary>
    LessThanOrEqual,

    /// <summary><c>gt</c></summary>
    GreaterThan,

    /// <summary><c>ge</c></summary>
    GreaterThanOrEqual,
}

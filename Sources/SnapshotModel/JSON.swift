public import Bytes

/// A JSON value (RFC 8259) whose texts are bytes and whose integers are exact: what documents, manifests and reports are made of.
public indirect enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// Exact. Readers such as `jq` round beyond ±2^53: write what can pass that through ``count64(_:)``.
    case integer(Int64)
    /// Finite. A value that is not finite has no JSON form and is written as the text `NaN`, `Infinity` or `-Infinity`.
    case number(Double)
    /// Bytes; what is not valid UTF-8 is written as `{"$base64":"…"}`.
    case text(ByteString)
    case array([JSON])
    case object([ByteString: JSON])

    /// The largest integer that every reader of JSON keeps exactly: 2^53 − 1.
    public static let largestExactInteger: Int64 = 9_007_199_254_740_991

    /// A 64-bit integer as a number where every reader keeps it, else as decimal text. Read it with ``int64``.
    public static func count64(_ value: Int64) -> JSON {
        (-largestExactInteger...largestExactInteger).contains(value) ? .integer(value) : .text(ByteString(String(value)))
    }

    public static func text(_ value: String) -> JSON { .text(ByteString(value)) }
    public static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }

    public subscript(key: ByteString) -> JSON? { object?[key] }

    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var text: ByteString? { if case .text(let value) = self { value } else { nil } }
    public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    public var object: [ByteString: JSON]? { if case .object(let value) = self { value } else { nil } }

    /// The integer, also where it was written as decimal text.
    public var int64: Int64? {
        switch self {
        case .integer(let value): value
        case .text(let text): text.validText.flatMap { digits in Int64(digits).flatMap { String($0) == digits ? $0 : nil } }
        default: nil
        }
    }

    /// The number, also where it happens to be an integer.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(exactly: value)
        case .number(let value): value
        default: nil
        }
    }
}

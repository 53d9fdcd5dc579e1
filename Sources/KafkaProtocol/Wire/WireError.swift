/// Bytes that are not the message they should be, or a value that a version cannot carry.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// The bytes end before the field does.
        case endedEarly
        /// The message is complete and bytes are left.
        case trailingBytes(Int)
        /// A length or count below its range, or above what the bytes that are left could hold.
        case badLength(Int64)
        /// Null where the version allows none.
        case unexpectedNull
        /// A variable-length integer of more than its greatest number of bytes.
        case overlongVarint
        /// A tagged field twice.
        case repeatedTag(UInt32)
        /// A value is set that this version cannot carry, and losing it would change the meaning.
        case cannotCarry
        /// The version is outside what the message is defined for.
        case unknownVersion
        /// Something else, in words.
        case malformed(String)
    }

    public var reason: Reason
    /// Such as `CreateTopicsRequest`; empty until the outermost reader or writer has put it in.
    public var message: String
    public var version: Int16
    /// From the message down to the field: `["topics", "[3]", "name"]`.
    public var path: [String]

    public init(_ reason: Reason, message: String = "", version: Int16 = -1, path: [String] = []) {
        self.reason = reason
        self.message = message
        self.version = version
        self.path = path
    }

    func inside(_ step: String) -> WireError {
        var error = self
        error.path.insert(step, at: 0)
        return error
    }

    func of(_ message: String, _ version: Int16) -> WireError {
        var error = self
        error.message = message
        error.version = version
        return error
    }

    public var description: String {
        let field = path.isEmpty ? "" : ", field \(path.joined(separator: ".").replacing(".[", with: "["))"
        return "\(message) version \(version)\(field): \(reason)"
    }
}

extension WireError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .endedEarly: "the bytes end too early"
        case .trailingBytes(let count): "\(count) bytes are left over"
        case .badLength(let length): "a length of \(length) cannot be right"
        case .unexpectedNull: "null is not allowed here"
        case .overlongVarint: "a variable-length integer does not end"
        case .repeatedTag(let tag): "tag \(tag) stands twice"
        case .cannotCarry: "this version cannot carry the value that is set"
        case .unknownVersion: "this version is not known"
        case .malformed(let what): what
        }
    }
}

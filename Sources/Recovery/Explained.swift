/// An error made for an operator: what failed and why, and a sentence that says what to do.
public protocol Explained: Error {
    var message: String { get }
    var hint: String { get }
}

/// What a pipeline refuses to do.
public struct RecoveryError: Explained, Equatable, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// A name, pattern or option that fits nothing.
        case usage
        /// The snapshot or the target is not what it must be for this.
        case conflict
        /// This user lacks rights that this takes.
        case rights
        /// The target changed between planning and applying.
        case drift
    }
    public var code: Code
    public var message: String
    public var hint: String

    public init(_ code: Code, _ message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var description: String { "\(message)\nhint: \(hint)" }
}

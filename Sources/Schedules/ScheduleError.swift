/// A schedule that cannot be understood, or would never run.
public struct ScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    /// A sentence.
    public var hint: String

    public init(_ message: String, _ hint: String) {
        self.message = message
        self.hint = hint
    }

    public var description: String { "\(message)\nhint: \(hint)" }
}

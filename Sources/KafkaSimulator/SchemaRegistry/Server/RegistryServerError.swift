/// Why a simulated registry cannot listen.
public struct RegistryServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed and why.
    public let message: String
    /// What to do, as a sentence.
    public let hint: String

    public var description: String { "\(message). hint: \(hint)" }
}

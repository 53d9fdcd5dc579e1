/// Why stored JSON is not the manifest, section or reference that it should be.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    public let hint: String

    public init(message: String, hint: String) {
        self.message = message
        self.hint = hint
    }

    public var description: String { "\(message)\nhint: \(hint)" }
}

/// A password or private key. Its text is reachable only by name; descriptions, logs and dumps show that there is one, no more.
public struct Secret: Hashable, Sendable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The secret itself. Never to be put into a message.
    public var revealed: String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[redacted]" }
    public var debugDescription: String { "[redacted]" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

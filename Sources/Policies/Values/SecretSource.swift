public import KafkaClient
public import Seams

/// A text that may be a secret, and where it stands: `file:/path` (a file's text without the line break at its end), or a text in
/// which `${NAME}` stands for an environment variable. `$${` is a `${` that stands for nothing.
///
/// Descriptions show references, and nothing that is written out.
public struct SecretSource: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case literal(Secret)
        case variable(String)
        case file(String)
    }

    let parts: [Part]
    /// As in the policy, for where references are understood by somebody else.
    public let written: Secret

    /// - Parameter folder: what a relative path behind `file:` is of.
    public init(_ text: String, folder: String = "") {
        written = Secret(text)
        // A URL is no reference: Kafka takes tokens from file:///path by itself, each time anew.
        if text.hasPrefix("file:"), !text.hasPrefix("file://") {
            parts = [.file(PolicyPath.resolve(String(text.dropFirst("file:".count)), in: folder))]
            return
        }
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let first = rest.first {
            if rest.hasPrefix("$${") {
                literal += "${"
                rest.removeFirst(3)
            } else if rest.hasPrefix("${"), let end = rest.firstIndex(of: "}"), Self.isName(rest[..<end].dropFirst(2)) {
                if !literal.isEmpty { parts.append(.literal(Secret(literal))) }
                literal = ""
                parts.append(.variable(String(rest[..<end].dropFirst(2))))
                rest = rest[rest.index(after: end)...]
            } else {
                literal.append(first)
                rest.removeFirst()
            }
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.literal(Secret(literal))) }
        self.parts = parts
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) }
    }

    /// Whether a part of it is written out in the policy.
    public var isWrittenOut: Bool {
        parts.contains { if case .literal(let text) = $0 { !text.revealed.isEmpty } else { false } }
    }

    /// The secret. Throws ``PolicyError`` naming `key` and the reference, never a value.
    public func resolve(
        _ key: String, _ environment: Environment, read: (String) throws(KafkaError) -> [UInt8] = ConfigurationFile.read
    ) throws(PolicyError) -> Secret {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal.revealed
            case .variable(let name):
                guard let value = environment[name] else {
                    throw PolicyError(
                        "\(key): the environment has no \(name), or it is empty", hint: "set the variable where tidemark runs.")
                }
                text += value
            case .file(let path):
                do throws(KafkaError) {
                    var content = String(decoding: try read(path), as: UTF8.self)
                    if content.last?.isNewline == true { content.removeLast() }
                    text += content
                } catch {
                    throw PolicyError("\(key): \(error.cause)", hint: error.hint)
                }
            }
        }
        return Secret(text)
    }

    /// The same reference in the words of a `client.properties` (`${env:NAME}`, `${file:/path}`), where it is resolved after the value
    /// is parsed, so that what it stands for cannot change what is said.
    public var asProperty: Secret {
        Secret(
            parts.map { part in
                switch part {
                case .literal(let text): text.revealed
                case .variable(let name): "${env:\(name)}"
                case .file(let path): "${file:\(path)}"
                }
            }.joined())
    }
}

extension SecretSource: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        parts.map { part in
            switch part {
            case .literal(let text): text.revealed.isEmpty ? "" : "[redacted]"
            case .variable(let name): "${\(name)}"
            case .file(let path): "file:\(path)"
            }
        }.joined()
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

import Seams

/// References to what stands elsewhere, in Kafka's own syntax (KIP-297, KIP-421): `${env:NAME}`, `${file:/path:key}` (one key of a
/// properties file), `${directory:/path:name}` (one file of a folder), and beside Kafka's `${file:/path}` (a whole file, without the
/// line break at its end).
///
/// These three need no `config.providers`; another name that it gives one of Kafka's three classes is understood as well. What looks
/// like a reference of a name that nobody gave stays as it is, as in Kafka.
struct SecretReferences {
    private let environment: Environment
    private let read: (String) throws(KafkaError) -> [UInt8]
    /// Providers by name: one of the three, or the class of one that is not understood.
    private var providers = ["env": "env", "file": "file", "directory": "directory"]

    private static let classes = [
        "EnvVarConfigProvider": "env", "FileConfigProvider": "file", "DirectoryConfigProvider": "directory",
    ]

    init(
        _ values: [String: String], environment: Environment, read: @escaping (String) throws(KafkaError) -> [UInt8]
    ) {
        self.environment = environment
        self.read = read
        for name in (values["config.providers"] ?? "").split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            guard let type = values["config.providers.\(name).class"] else { continue }
            providers[String(name)] = Self.classes[type.split(separator: ".").last.map(String.init) ?? ""] ?? type
        }
    }

    /// `text` with every reference replaced; what they stand for is taken as it is. Throws naming `key` and the provider, nothing else of
    /// the value.
    func resolve(_ text: String, of key: String) throws(KafkaError) -> String {
        var output = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            output += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                output += rest[start.lowerBound...]
                return output
            }
            let inner = rest[start.upperBound..<end]
            output += try value(inner, of: key) ?? String(rest[start.lowerBound...end])
            rest = rest[rest.index(after: end)...]
        }
        return output + rest
    }

    /// Whether the text is one reference and nothing else.
    static func isOneReference(_ text: String) -> Bool {
        text.hasPrefix("${") && text.firstIndex(of: "}").map { text.index(after: $0) == text.endIndex } ?? false
    }

    /// Nil where it is no reference of ours.
    private func value(_ inner: Substring, of key: String) throws(KafkaError) -> String? {
        let parts = inner.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let provider = providers[String(parts[0])] else { return nil }
        switch provider {
        case "env":
            // The path, where there is one, means nothing to this provider.
            guard let value = environment[String(parts[parts.count - 1])] else {
                throw Self.unresolved(key, "env", "there is no such variable, or it is empty", "Set the variable.")
            }
            return value
        case "file":
            let text = try content(String(parts[1]), key, "file")
            guard parts.count == 3 else { return text }
            // FileConfigProvider of Kafka reads UTF-8, other than its tools the file that refers to it.
            guard let properties = try? JavaProperties(text) else {
                throw Self.unresolved(key, "file", "the file is no properties file", "Write key=value lines, or leave out the key.")
            }
            guard let value = properties.entries.last(where: { $0.key == parts[2] })?.value else {
                throw Self.unresolved(key, "file", "the file has no such key", "Check the name behind the last colon.")
            }
            return value
        case "directory":
            guard parts.count == 3, !parts[2].isEmpty, !parts[2].contains("/") else {
                throw Self.unresolved(key, "directory", "it names no file of the directory", "Write ${directory:/path:file}.")
            }
            return try content("\(parts[1])/\(parts[2])", key, "directory")
        default:
            throw Self.unresolved(
                key, String(parts[0]), "the provider \(provider) is not supported",
                "Use ${env:NAME}, ${file:/path:key} or ${directory:/path:file}.")
        }
    }

    private func content(_ path: String, _ key: String, _ provider: String) throws(KafkaError) -> String {
        guard let bytes = try? read(path) else {
            throw Self.unresolved(
                key, provider, "the file cannot be read",
                "Check its path, permissions and size (at most \(ConfigurationFile.limit >> 20) MiB).")
        }
        var text = String(decoding: bytes, as: UTF8.self)
        if text.last?.isNewline == true { text.removeLast() }
        return text
    }

    /// Not the reference itself: what looks like one may be part of a password.
    private static func unresolved(_ key: String, _ provider: String, _ why: String, _ hint: String) -> KafkaError {
        .configuration(
            "\(key): a reference ${\(provider):…} cannot be resolved: \(why)",
            "\(hint) Where a value only looks like a reference, put it into a file or variable and refer to that: "
                + "what a reference stands for is taken as it is.")
    }
}

import Bytes
import Seams

/// The values of a properties file by key; the last one of a key counts, as in Java. References are resolved, but for those in
/// `sasl.jaas.config`, which are resolved where its options are: what they stand for needs no quotes there.
struct PropertyValues {
    let values: [String: String]
    let references: SecretReferences
    /// Opens files that values name.
    let read: (String) throws(KafkaError) -> [UInt8]

    static func entries(_ text: [UInt8]) throws(KafkaError) -> [JavaProperties.Entry] {
        do throws(JavaProperties.Flaw) {
            return try JavaProperties(text).entries
        } catch {
            throw .configuration("line \(error.line) of the properties: \(error.cause)", "Correct the line; write a backslash as two.")
        }
    }

    init(
        _ entries: [JavaProperties.Entry], environment: Environment, read: @escaping (String) throws(KafkaError) -> [UInt8]
    ) throws(KafkaError) {
        let written = Dictionary(entries.map { ($0.key, $0.value) }) { _, last in last }
        references = SecretReferences(written, environment: environment, read: read)
        self.read = read
        var values = written
        for (key, value) in written where key != "sasl.jaas.config" {
            // Kafka takes a blank at a value's end for none.
            values[key] = Self.trimmed(value.contains("${") ? try references.resolve(value, of: key) : value)
        }
        self.values = values
    }

    /// Without the blanks and control characters around it, as `String.trim` of Java has it.
    private static func trimmed(_ value: String) -> String {
        let scalars = value.unicodeScalars
        guard let first = scalars.firstIndex(where: { $0 > " " }), let last = scalars.lastIndex(where: { $0 > " " }) else { return "" }
        return String(scalars[first...last])
    }

    /// As a file with these values alone: the options of a login module that are settings themselves.
    init(_ values: [String: String], of other: PropertyValues) {
        self.values = values
        references = other.references
        read = other.read
    }

    subscript(key: String) -> String? { values[key] }

    /// Upper case, nil where the key is missing or its value empty.
    func word(_ key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0.uppercased() } }

    func secret(_ key: String) -> Secret? { values[key].flatMap { $0.isEmpty ? nil : Secret($0) } }

    func milliseconds(_ key: String, from least: Int64 = 1, _ set: (Duration) -> Void) throws(KafkaError) {
        guard let text = values[key] else { return }
        guard let number = Int64(text), (least...Int64(Int32.max)).contains(number) else {
            throw .configuration("\(key): \(text) is not a number of milliseconds", "Write a whole number, \(least) to \(Int32.max).")
        }
        set(.milliseconds(number))
    }

    func securityProtocol() throws(KafkaError) -> (tls: Bool, sasl: Bool) {
        switch word("security.protocol") ?? "PLAINTEXT" {
        case "PLAINTEXT": return (false, false)
        case "SSL": return (true, false)
        case "SASL_PLAINTEXT": return (false, true)
        case "SASL_SSL": return (true, true)
        case let other:
            throw .configuration("security.protocol: \(other) is not known", "Use PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
        }
    }
}

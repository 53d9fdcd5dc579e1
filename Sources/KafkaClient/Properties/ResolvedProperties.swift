public import Seams

/// The values of a properties file with the references in them resolved, for settings beside the client's own.
public struct ResolvedProperties: Sendable {
    private let values: [String: String]
    /// A sentence for each line that may not have been read as it was meant.
    public let warnings: [String]

    /// Throws `.configuration` naming line or key; no value is in it.
    public init(
        _ text: [UInt8], environment: Environment, read: @escaping (String) throws(KafkaError) -> [UInt8] = ConfigurationFile.read
    ) throws(KafkaError) {
        let entries = try PropertyValues.entries(text)
        warnings = entries.filter(\.isLatin).map(\.latinWarning)
        values = try PropertyValues(entries, environment: environment, read: read).values
    }

    /// Nil where the key is missing or empty.
    public subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }
}

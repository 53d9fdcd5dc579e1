import Bytes

/// The known configs of one sort of resource, by name.
struct ConfigTable: Sendable {
    /// Sorted by name.
    let all: [ConfigDefinition]
    private let byName: [ByteString: ConfigDefinition]

    init(_ definitions: [ConfigDefinition]) {
        all = definitions.sorted { $0.name < $1.name }
        byName = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: ByteString) -> ConfigDefinition? { byName[name] }
}

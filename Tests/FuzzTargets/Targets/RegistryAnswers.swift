import Bytes

@testable import SchemaRegistryClient

extension FuzzTarget {
    /// What a schema registry answers: every value that the client reads. JSON that is passed on comes out as it went in.
    static let registry = FuzzTarget("registry", upTo: 2048) { input in
        guard let value = try? RegistryJSON.parse(Array(input.all())) else { return }
        _ = try? Schema(value)
        _ = try? [SchemaVersion](value)
        _ = try? SchemaVersion(value)
        _ = try? [SchemaVersionName](value)
        _ = try? CompatibilitySetting(value)
        _ = try? RegistryMode(value)
        let again = try RegistryJSON.parse(value.canonical.bytes)
        try hold(again == value && again.canonical == value.canonical, "the canonical form reads back as something else")
    }
}

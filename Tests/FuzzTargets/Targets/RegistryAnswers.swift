import Foundation

@testable import SchemaRegistryClient

extension FuzzTarget {
    /// What a schema registry answers: every value that the client reads. JSON that is passed on comes out as it went in.
    static let registry = FuzzTarget("registry", upTo: 2048) { input in
        let data = Data(input.all())
        let decoder = JSONDecoder()
        _ = try? decoder.decode(Schema.self, from: data)
        _ = try? decoder.decode([SchemaVersion].self, from: data)
        _ = try? decoder.decode(SchemaVersion.self, from: data)
        _ = try? decoder.decode([SchemaVersionName].self, from: data)
        _ = try? decoder.decode(CompatibilitySetting.self, from: data)
        _ = try? decoder.decode(RegistryMode.self, from: data)
        guard let value = try? decoder.decode(RegistryJSON.self, from: data) else { return }
        let again = try decoder.decode(RegistryJSON.self, from: Data(value.canonical.bytes))
        try hold(again == value && again.canonical == value.canonical, "the canonical form reads back as something else")
    }
}

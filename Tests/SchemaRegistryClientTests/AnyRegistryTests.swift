import Bytes
import Foundation
import Host
import KafkaSimulator
import SchemaRegistryClient
import Testing

/// What must hold with every registry: the simulated ones, and with `TIDEMARK_TEST_REGISTRY` (a base URL) set a real one too.
@Suite("With any registry")
struct AnyRegistryTests {
    enum Place: CaseIterable, CustomTestStringConvertible {
        case confluent, karapace, real

        static let realURL = ProcessInfo.processInfo.environment["TIDEMARK_TEST_REGISTRY"]
        static var here: [Place] { realURL == nil ? [.confluent, .karapace] : allCases }

        var testDescription: String { "\(self)" }
    }

    private func withClient(_ place: Place, _ body: (SchemaRegistryClient) async throws -> Void) async throws {
        func use(_ url: String) async throws {
            try await SchemaRegistryClient.withClient(
                try RegistryConfiguration(baseURLs: [url]), time: HostTime(), chance: HostChance(), body: body)
        }
        if place == .real { return try await use(try #require(Place.realURL)) }
        let configuration = SimulatedRegistryConfiguration(flavour: place == .confluent ? .confluent : .karapace)
        try await RegistryServer.withRegistry(configuration, time: HostTime()) { _, url async throws in try await use(url) }
    }

    @Test("a schema and what refers to it come, are found everywhere, and go", arguments: Place.here)
    func life(place: Place) async throws {
        try await withClient(place) { client async throws in
            let prefix = "tidemark-\(HostChance().bytes(6).hex)"
            let (base, user) = (ByteString("\(prefix)/base ü"), ByteString("\(prefix)-user"))
            let name = "n\(HostChance().bytes(6).hex)"
            let baseSchema = Schema(text: ByteString(#"{"type":"record","name":"\#(name)","fields":[{"name":"x","type":"int"}]}"#))
            let userSchema = Schema(
                text: ByteString(#"{"type":"array","items":"\#(name)"}"#),
                references: [SchemaReference(name: ByteString(name), subject: base, version: 1)])

            let baseID = try await client.register(Registration(schema: baseSchema), under: base).id
            #expect(try await client.register(Registration(schema: baseSchema), under: base).id == baseID)
            let userID = try await client.register(Registration(schema: userSchema), under: user).id
            #expect(try await Set(client.subjects()).isSuperset(of: [base, user]))
            #expect(try await client.versions(of: base) == [1])
            #expect(try await client.version(1, of: user).schema.references == userSchema.references)
            #expect(try await client.latestVersion(of: base).id == baseID)
            #expect(try await client.lookUp(baseSchema, in: base)?.version == 1)
            #expect(try await client.referrers(to: 1, of: base) == [userID])
            #expect(try await client.versions(ofSchema: baseID) == [SchemaVersionName(subject: base, version: 1)])
            #expect(try await client.schema(userID).references == userSchema.references)

            try await client.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject(base))
            #expect(try await client.compatibility(of: .subject(base))?.level == "NONE")
            #expect(try await client.compatibility(of: .subject(user)) == nil)
            try await client.deleteCompatibility(of: .subject(base))
            #expect(try await client.compatibility(of: .subject(base)) == nil)

            let held = await #expect(throws: RegistryError.self) { try await client.delete(base) }
            #expect(held?.code == 42206)
            #expect(try await client.delete(user) == [1])
            let own = try await client.inventory().filter { $0.subject == base || $0.subject == user }
            #expect(own.map(\.subject) == [user, base].sorted())
            #expect(own.first { $0.subject == user }?.isDeleted == true)
            #expect(own.first { $0.subject == base }?.isDeleted == false)
            #expect(try await client.delete(user, forGood: true) == [1])
            #expect(try await client.delete(base) == [1])
            #expect(try await client.delete(base, forGood: true) == [1])
            #expect(try await Set(client.subjects(withDeleted: true)).isDisjoint(with: [base, user]))
        }
    }
}

import Bytes
import Host
import KafkaSimulator
import SchemaRegistryClient
import Testing

/// A registry whose interface begins behind a path, and that answers some of the calls in ways of its own.
@Suite struct ApicurioTests {
    static func schema(_ fields: Int) -> Schema {
        let names = (0..<fields).map { #"{"name":"f\#($0)","type":"int"}"# }.joined(separator: ",")
        return Schema(text: ByteString(#"{"type":"record","name":"R","fields":[\#(names)]}"#))
    }

    private func onARegistry(_ body: (SchemaRegistryClient, SimulatedRegistry) async throws -> Void) async throws {
        let configuration = SimulatedRegistryConfiguration(flavour: .apicurio)
        try await RegistryServer.withRegistry(configuration, time: HostTime()) { registry, url async throws in
            #expect(url.hasSuffix("/apis/ccompat/v7"))
            try await SchemaRegistryClient.withClient(
                try RegistryConfiguration(baseURLs: [url + "/"]), time: HostTime(), chance: HostChance()
            ) { try await body($0, registry) }
        }
    }

    @Test func everyCallGoesBehindTheBasePath() async throws {
        try await onARegistry { client, registry in
            let capabilities = try await client.probe(forWriting: true)
            #expect(
                capabilities.contexts == nil && capabilities.modes == .supported && !capabilities.keepsIDs
                    && capabilities.answersUnsetLevels)
            let id = try await client.register(Registration(schema: Self.schema(1), id: 77, version: 5), under: "a/ü").id
            #expect(id == 1, "ids are its own")
            #expect(try await client.register(Registration(schema: Self.schema(1)), under: "z").id == 1, "one content, one id")
            #expect(try await client.register(Registration(schema: Self.schema(2)), under: "b").id == 2)
            // The order in which they came up is not the order of their names.
            #expect(try await client.subjects() == ["a/ü", "b", "z"])
            #expect(try await client.versions(of: "a/ü") == [1])
            #expect(try await client.version(1, of: "a/ü").id == 1)
            #expect(try await client.latestVersion(of: "b").id == 2)
            #expect(try await client.lookUp(Self.schema(2), in: "b")?.version == 1)
            #expect(try await client.lookUp(Self.schema(3), in: "b") == nil)
            #expect(try await client.versions(ofSchema: 1).map(\.subject) == ["a/ü", "z"])
            #expect(try await client.subjects(ofSchema: 1) == ["a/ü", "z"])
            #expect(try await client.schema(2).text == Self.schema(2).text)
            #expect(try await client.referrers(to: 1, of: "b") == [])
            #expect(try await !client.isCompatible(Self.schema(3), with: 1, of: "b"))
            #expect(try await client.inventory().map(\.subject) == ["a/ü", "b", "z"])
            #expect(try await client.mode(of: .global) == .readWrite)
            #expect(try await client.schemas() == [], "its listing knows no subjects")
            try await client.delete(1, of: "z")
            try await client.delete("z", forGood: true)
            for call in registry.calls { #expect(call.target.hasPrefix("/apis/ccompat/v7/"), "\(call)") }
        }
    }

    @Test func aLevelOfNoneIsClearedAndASubjectThatIsNotThereHasNone() async throws {
        try await onARegistry { client, _ in
            let missing = await #expect(throws: RegistryError.self) {
                try await client.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject("a"))
            }
            #expect(missing?.kind == .notFound)
            #expect(try await client.compatibility(of: .subject("a")) == nil)
            _ = try await client.register(Registration(schema: Self.schema(1)), under: "a")
            try await client.setCompatibility(CompatibilitySetting(level: "FULL"), of: .global)
            try await client.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject("a"))
            #expect(try await client.effectiveCompatibility(of: "a").level == "NONE")
            try await client.deleteCompatibility(of: .subject("a"))
            #expect(try await client.effectiveCompatibility(of: "a").level == "NONE", "it is answered and not done")
            try await client.clearCompatibility(of: .subject("a"))
            #expect(try await client.effectiveCompatibility(of: "a").level == "FULL")
        }
    }

    @Test func whatIsListedAndNotGivenIsNamed() async throws {
        try await onARegistry { client, _ in
            for (subject, fields) in [("gone", 1), ("half", 1), ("half", 2)] {
                _ = try await client.register(Registration(schema: Self.schema(fields)), under: ByteString(subject))
            }
            try await client.delete(1, of: "gone")
            try await client.delete(1, of: "half")
            let survey = try await client.survey()
            #expect(survey.withheld == [SchemaVersionName(subject: "gone", version: 1)])
            #expect(survey.versions.map(\.version) == [1, 2] && survey.versions.map(\.isDeleted) == [true, false])
        }
    }
}

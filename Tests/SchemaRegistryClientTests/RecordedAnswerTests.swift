import Bytes
import SchemaRegistryClient
import Seams
import Testing

@Suite("What real registries answered is understood")
struct RecordedAnswerTests {
    private static let confluent = "confluent-8.3.1-probe"
    private static let karapace = "karapace-6.2-probe"
    private static let importing = "confluent-8.3.1-import"

    private func client(_ transport: any HTTPTransport) throws -> SchemaRegistryClient {
        SchemaRegistryClient(
            try RegistryConfiguration(baseURLs: ["http://registry"]), transport: transport, time: PatientTime(),
            chance: SeededChance(seed: 1))
    }

    private func client(_ recording: String, _ line: Int) throws -> SchemaRegistryClient {
        try client(RecordedTransport(recording, line: line))
    }

    @Test("a version of Confluent's with metadata")
    func versionWithMetadata() async throws {
        let version = try await client(Self.confluent, 26).version(1, of: "meta-value")
        #expect(
            version
                == SchemaVersion(
                    subject: "meta-value", version: 1, id: 10, guid: "12028243-0dd3-98a5-01b7-93546e9ae754",
                    schema: Schema(
                        text: #"{"type":"record","name":"Meta","fields":[{"name":"x","type":"int"}]}"#,
                        metadata: .object(["properties": .object(["owner": .string("me")])])),
                    isDeleted: false, timestamp: 1_795_453_838_123))
    }

    @Test("a version with references, of both registries", arguments: [confluent, karapace])
    func versionWithReferences(recording: String) async throws {
        let version = try await client(recording, 40).version(1, of: "pb-value")
        #expect(version.schema.type == Schema.protobuf)
        #expect(version.schema.references == [SchemaReference(name: "dep.proto", subject: "pb-dep", version: 1)])
        #expect(version.id == 5)
        #expect(version.schema.text.description.hasPrefix("syntax = \"proto3\";\npackage m;\n"))
    }

    @Test("Karapace does not say whether a version is deleted, and Confluent does")
    func deletedFlag() async throws {
        #expect(try await client(Self.confluent, 76).version(1, of: "av-value", withDeleted: true).isDeleted == true)
        #expect(try await client(Self.karapace, 76).version(1, of: "av-value", withDeleted: true).isDeleted == nil)
    }

    @Test("the outcome of an import, and of a registration with Karapace, which ignored the id")
    func outcomes() async throws {
        let long = Registration(schema: Schema(text: "\"long\""), id: 7777, version: 5)
        #expect(
            try await client(Self.confluent, 67).register(long, under: "imp")
                == RegistrationOutcome(id: 7777, version: 5, guid: "e1dd9a1e-f98b-451b-5369-0370b393966b"))
        #expect(try await client(Self.karapace, 67).register(long, under: "imp") == RegistrationOutcome(id: 12))
    }

    @Test("settings with more than a level, and those of a subject without any")
    func settings() async throws {
        let setting = try await client(Self.confluent, 56).compatibility(of: .subject("av2-value"))
        #expect(setting?.level == "FULL")
        #expect(setting?.alias == "q")
        #expect(setting?.others == ["alias": .string("q"), "normalize": .bool(true), "compatibilityGroup": .string("g")])
        #expect(try await client(Self.confluent, 47).compatibility(of: .subject("js-value")) == nil)
        #expect(try await client(Self.karapace, 47).compatibility(of: .subject("js-value")) == nil)
        #expect(try await client(Self.importing, 53).mode(of: .subject("zzz")) == nil)
    }

    @Test("listings of both registries, with null for no references")
    func listings() async throws {
        #expect(
            try await client(Self.confluent, 85).schemas(withDeleted: true).filter { $0.isDeleted == true }.map(\.subject) == ["js-value"])
        let karapace = try await client(Self.karapace, 42).schemas()
        #expect(karapace.count == 11)
        #expect(karapace[0].schema.references == [])
    }

    @Test(
        "refusals keep their kind, code and words",
        arguments: [
            (confluent, 13, RegistryError.Kind.conflict, Int?(40901)), (karapace, 13, .conflict, 409), (confluent, 22, .refused, 42201),
            (karapace, 21, .refused, 44302), (importing, 1, .refused, 42205), (confluent, 75, .notFound, 40402),
            (confluent, 5, .unsupported, 404), (karapace, 2, .unsupported, nil), (karapace, 60, .unsupported, nil),
        ])
    func refusals(recording: String, line: Int, kind: RegistryError.Kind, code: Int?) async throws {
        let client = try client(recording, line)
        let error = await #expect(throws: RegistryError.self) { try await client.contexts() }
        #expect(error?.kind == kind)
        #expect(error?.code == code)
        #expect(error?.message.contains("GET http://registry/contexts") == true)
        #expect(error?.hint.hasSuffix(".") == true)
    }

    @Test("every segment of a path is encoded by itself")
    func paths() async throws {
        let transport = try RecordedTransport(Self.confluent, line: 29)
        _ = try await client(transport).versions(of: ":.ctx:a/b c?%é", withDeleted: true)
        #expect(transport.requests.map(\.url) == ["http://registry/subjects/%3A.ctx%3Aa%2Fb%20c%3F%25%C3%A9/versions?deleted=true"])
    }
}

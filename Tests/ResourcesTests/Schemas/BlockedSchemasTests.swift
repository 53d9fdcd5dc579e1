import Bytes
import ClusterFixture
import NIOConcurrencyHelpers
import SnapshotModel
import Testing

@testable import Resources
@testable import SchemaRegistryClient

/// What one schema that cannot be registered takes with it.
@Suite struct BlockedSchemasTests {
    /// What the registry refuses takes later versions of the same subject with it, and whatever refers to it, and nothing else.
    @Test func whatIsRefusedBlocksNoMoreThanWhatBuildsOnIt() async throws {
        try await ClusterFixture.simulated { source, _ in
            let registry = try #require(source.registry)
            func step(_ subject: ByteString, _ version: Int64, _ text: String? = nil, refers: [(ByteString, Int64)] = []) -> Step {
                let document = SchemaDocument(
                    subject: subject, version: version, id: Int64(subject.bytes[0]) * 10 + version, type: "AVRO",
                    schema: ByteString(
                        text ?? #"{"type":"record","name":"\#(subject)","fields":[{"name":"f\#(version)","type":"int","default":0}]}"#),
                    references: refers.map { .init(name: $0.0, subject: $0.0, version: $0.1) }, metadata: nil, ruleSet: nil,
                    isDeleted: false
                ).document
                return Step(
                    kind: .schemas, stage: .schemas, id: document.id, action: SchemasKind.register, from: nil, to: document.body,
                    reversibility: .compensable)
            }
            let steps = [
                step("a", 1), step("b", 1, #"{"type":"nonsense"}"#), step("b", 2), step("c", 1, refers: [("b", 1)]),
                step("d", 1, refers: [("c", 1)]), step("e", 1, refers: [("a", 1)]), step("f", 1), step("f", 2),
            ]
            let told = NIOLockedValueBox<[Step: StepOutcome]>([:])
            try await SchemasKind().apply(steps, to: source) { step, outcome in told.withLockedValue { $0[step] = outcome } }
            var words: [String] = []
            for step in steps {
                switch told.withLockedValue({ $0[step] }) {
                case .done: words.append("done")
                case .failed: words.append("failed")
                case .skipped(let reason): words.append(reason)
                default: words.append("?")
                }
            }
            let (earlier, referred) = (
                "an earlier version of the subject could not be registered", "a schema that it refers to could not be registered"
            )
            #expect(words == ["done", "failed", earlier, referred, referred, "done", "done", "done"])
            for subject in ["a", "b", "c", "d", "e", "f"] as [ByteString] {
                #expect(try await registry.mode(of: .subject(subject)) == nil, "\(subject)")
            }
        }
    }

    private static func schema(_ subject: String) -> SchemaDocument {
        SchemaDocument(
            subject: ByteString(subject), version: 1, id: 1, type: "AVRO", schema: "\"int\"", references: [], metadata: nil, ruleSet: nil,
            isDeleted: false)
    }

    @Test func aRegistryThatFailsAgainAndAgainIsLeftInPeace() {
        var blocked = BlockedSchemas()
        for number in 1...5 {
            #expect(blocked.why(Self.schema("next")) == nil)
            blocked.fail(Self.schema("s\(number)"), RegistryError(.server, reason: "it broke", isOutcomeUnknown: true))
        }
        #expect(blocked.why(Self.schema("next"))?.contains("failed 5 times in a row") == true)
    }

    @Test func refusalsAreAboutTheSchemasAndOtherFailuresAboutTheRegistry() {
        var blocked = BlockedSchemas()
        for number in 1...20 {
            blocked.fail(Self.schema("s\(number)"), RegistryError(.refused, reason: "no"))
            blocked.fail(Self.schema("t\(number)"), RegistryError(.server, reason: "it broke"))
            blocked.succeed()
        }
        #expect(blocked.why(Self.schema("next")) == nil)
        var unreachable = blocked
        unreachable.fail(Self.schema("u"), RegistryError(.timeout, reason: "silence", isOutcomeUnknown: true))
        #expect(unreachable.why(Self.schema("next")) != nil)
        // It gave another id than it was asked for, and would again.
        blocked.fail(Self.schema("v"), nil)
        #expect(blocked.why(Self.schema("next")) == "an earlier schema could not be registered")
    }
}

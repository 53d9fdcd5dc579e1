import Bytes
import ClusterFixture
import Host
import KafkaSimulator
import SchemaRegistryClient
import SnapshotModel
import Testing

@testable import Resources

/// One subject's setting that cannot be read takes nothing from the rest.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RefusedSettingsTests {
    private static let kind = SchemasKind()

    /// A registry with subjects `s0` to `s7`, of which each has a level of its own.
    private func withRegistry(
        _ body: @Sendable (Source, SchemaRegistryClient, SimulatedRegistry) async throws -> Void
    ) async throws {
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(time: HostTime(), cluster: cluster) { simulated, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { source in
                    let registry = try #require(source.registry)
                    for number in 0..<8 {
                        let subject = ByteString("s\(number)")
                        _ = try await registry.register(Registration(schema: Schema(text: "\"string\"")), under: subject)
                        try await registry.setCompatibility(CompatibilitySetting(level: "FULL"), of: .subject(subject))
                    }
                    try await body(source, registry, simulated)
                }
            }
        }
    }

    private func levels(_ observation: Observation) -> [String] {
        observation.desired.map(\.id).filter { $0.parts[0] == "compatibility" && $0.parts.count == 2 }.map { "\($0.parts[1])" }
    }

    @Test(arguments: [403, 500, 422]) func itIsAnUnreadPartOfTheSection(_ status: Int) async throws {
        try await withRegistry { source, registry, simulated in
            try await registry.setMode(.readOnly, of: .subject("s3"))
            // More than the client tries.
            for _ in 0..<20 { simulated.inject(.status(status), of: "GET", holding: "/config/s3?") }
            let observation = try await Self.kind.observe(Sweep(source))
            #expect(observation.state.outcome == .captured)
            #expect(observation.state.unread.map(\.what) == ["settings of s3"], "\(observation.state)")
            let why = try #require(observation.state.unread.first?.why)
            #expect(status == 403 ? why == "this user may not read them" : why.contains("HTTP \(status)"), "\(why)")
            #expect(observation.desired.filter { $0.id.parts.count == 3 }.count == 8)
            #expect(levels(observation) == ["s0", "s1", "s2", "s4", "s5", "s6", "s7"])
            // The right to read its mode is another one.
            #expect(observation.desired.contains { $0.id == ResourceID("mode", "s3") } == (status == 403))
        }
    }

    @Test func theRegistrysOwnLevelIsSuchAPart() async throws {
        try await withRegistry { source, _, simulated in
            simulated.inject(.status(403), of: "GET", holding: "/config?")
            let observation = try await Self.kind.observe(Sweep(source))
            #expect(observation.state.unread.map(\.what) == ["settings of the registry"], "\(observation.state)")
            #expect(levels(observation).count == 8)
        }
    }

    @Test func whereAllFailTheRegistryIsNotAskedForEach() async throws {
        try await withRegistry { source, _, simulated in
            for _ in 0..<200 { simulated.inject(.status(400), of: "GET", holding: "/config/s") }
            let observation = try await Self.kind.observe(Sweep(source))
            #expect(
                observation.state.unread.map(\.what)
                    == (0..<SchemasKind.failuresInARow).map { "settings of s\($0)" } + ["settings of 3 more subjects"],
                "\(observation.state)")
            #expect(levels(observation) == [] && observation.desired.filter { $0.id.parts.count == 3 }.count == 8)
        }
    }

    @Test func aRegistryThatGoesAwayOrKnowsTheCallerNoMoreIsASectionThatWasNotRead() async throws {
        try await withRegistry { source, _, simulated in
            simulated.inject(.status(401), of: "GET", holding: "/config/s3?")
            #expect(try await Self.kind.observe(Sweep(source)).state.outcome == .forbidden)
            for _ in 0..<20 { simulated.inject(.drop, of: "GET", holding: "/config/s3?") }
            let observation = try await Self.kind.observe(Sweep(source))
            #expect(observation.state.outcome == .unread && observation.desired == [])
        }
    }
}

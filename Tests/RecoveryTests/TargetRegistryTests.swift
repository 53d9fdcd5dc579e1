import Bytes
import ClusterFixture
import Host
import KafkaSimulator
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// One registry under several names, and several registries under one: which is meant where a restore looks for what former ones left.
@Suite(.serialized, .timeLimit(.minutes(3))) struct TargetRegistryTests {
    private static func registry(_ urls: ByteString..., cluster: ByteString? = nil, group: ByteString = "g") -> TargetRegistry {
        TargetRegistry(urls: urls, identity: cluster.map { RegistryIdentity(kafkaCluster: $0, group: group) })
    }

    @Test func whatItSaysGoesBeforeWhereItIs() {
        let one = Self.registry("http://a:8081", cluster: "c")
        #expect(one.likeness(to: Self.registry("http://b", cluster: "c")) == .same)
        #expect(one.likeness(to: Self.registry("http://a:8081", cluster: "d")) == .other)
        #expect(one.likeness(to: Self.registry("http://a:8081", cluster: "c", group: "h")) == .other)
        #expect(one.likeness(to: Self.registry("HTTP://A:8081/")) == .same, "one of the two does not say")
        #expect(one.likeness(to: Self.registry("http://b")) == .undecided)
        #expect(Self.registry("http://a", "http://b").likeness(to: Self.registry("http://B:80/")) == .same)
        #expect(Self.registry("http://a").likeness(to: Self.registry("http://b")) == .undecided)
        #expect(one.likeness(to: TargetRegistry()) == .other && TargetRegistry().likeness(to: TargetRegistry()) == .other)
    }

    @Test func theSameHasAWordInCommonWithItselfAndOthersHaveNone() {
        let one = Self.registry("http://A:8081", cluster: "c")
        #expect(!Set(one.words).isDisjoint(with: Self.registry("http://b", cluster: "c").words))
        #expect(!Set(one.words).isDisjoint(with: Self.registry("http://a:8081/").words))
        // An earlier version's lease has the URL as it was given.
        #expect(one.words.contains("registry http://A:8081"))
        #expect(Set(one.words).isDisjoint(with: Self.registry("http://b", cluster: "d").words))
    }

    @Test func aPlanTellsItsRegistryAndReadsItBack() {
        let one = Self.registry("http://a", cluster: "c")
        let json = JSON.object([
            "registries": .array([.text("http://a")]), "registryId": RegistryIdentity(kafkaCluster: "c", group: "g").json,
        ])
        #expect(TargetRegistry(plan: json) == one)
        #expect(TargetRegistry(plan: .object([:])) == TargetRegistry())
    }

    /// A restore was killed that reached the registry under one name; the next one reaches it under another.
    @Test(arguments: [RegistryFlavour.confluent, .karapace]) func whatAKilledRestoreLeftIsFoundUnderAnotherName(_ flavour: RegistryFlavour)
        async throws
    {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        let snapshot = try await ClusterFixture.simulated(flavour: flavour) { source, _ in
            _ = try await source.registry?.register(Registration(schema: Schema(text: "\"string\"")), under: "orders-value")
            var options = Capture.Options(toolVersion: "test")
            options.selection = Selection(only: [try .init("schemas")])
            return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run().snapshot
        }
        @Sendable func plan(_ target: Source) async throws -> Plan {
            var options = RestoreOptions()
            options.selection = Selection(only: [try .init("schemas")])
            return try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
        }
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(flavour: flavour), time: HostTime(), cluster: cluster) {
                _, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { target in
                    let first = try await plan(target)
                    try await repository.putRun("2026-01-01T000000.000Z-00000001", "plan.json", first.json.canonicalBytes)
                    let intent = JSON.object(["intent": .array(first.steps.map(\.json))])
                    try await repository.putRun("2026-01-01T000000.000Z-00000001", "journal-000001.json", intent.canonicalBytes)
                    // What it left.
                    if flavour == .confluent {
                        try await target.registry?.setMode(.import, of: .subject("orders-value"))
                    } else {
                        try await target.registry?.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject("orders-value"))
                    }
                    #expect(try await plan(target).conflicts == [])
                }
                let alias = url.replacing("127.0.0.1", with: "localhost")
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: alias) { target in
                    let second = try await plan(target)
                    if flavour == .confluent {
                        #expect(second.conflicts == [] && second.notes.allSatisfy { !$0.text.contains("cannot be told") })
                    } else {
                        #expect(second.conflicts.map(\.id) == [ResourceID("compatibility", "orders-value")])
                        #expect(second.notes.contains { $0.text.contains(url) && $0.text.contains("cannot be told") }, "\(second.notes)")
                    }
                }
            }
        }
    }

    @Test func twoRestoresOntoOneRegistryUnderTwoNamesAreKeptApart() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(time: HostTime(), cluster: cluster) { _, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { one in
                    // Beside another cluster, so that nothing but the registry is the same.
                    try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { beside in
                        let alias = url.replacing("127.0.0.1", with: "localhost")
                        try await ClusterFixture.withSource(bootstrap: beside.bootstrapServers, registry: alias) { other in
                            try await RestorePlace(one).alone(in: repository) { _ in
                                let error = await #expect(throws: RepositoryError.self) {
                                    try await RestorePlace(other).alone(in: repository) { _ in }
                                }
                                #expect(error?.code == .locked)
                            }
                            try await RestorePlace(other).alone(in: repository) { _ in }
                        }
                    }
                }
            }
        }
    }
}

import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import Logging
import NIOPosix
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// What a registry offers no way to list: captured where its topic can be read, named in the manifest where it cannot.
@Suite(.serialized, .timeLimit(.minutes(3))) struct BlindSpotTests {
    private func repository() async throws -> Repository {
        try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
    }

    private func capture(_ source: Source, _ repository: Repository, confirming: Bool = false) async throws -> CaptureReport {
        var options = Capture.Options(toolVersion: "test")
        options.selection = Selection(only: [try .init("schemas")])
        options.confirmsAs = confirming ? .backup : nil
        return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
    }

    private func restore(_ snapshot: SnapshotID, _ repository: Repository, _ target: Source) async throws -> RunReport {
        var options = RestoreOptions()
        options.selection = Selection(only: [try .init("schemas")])
        let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
        #expect(plan.conflicts == [] && plan.losses == [], "\(plan.conflicts) \(plan.losses)")
        return try await Replay(repository: repository, target: target, time: HostTime(), chance: HostChance()).run(plan)
    }

    @Test func whatTheTopicNamesIsCapturedAndRestoredOntoARegistryWhoseTopicIsElsewhere() async throws {
        let repository = try await repository()
        try await ClusterFixture.simulated(keepsTopic: true) { source, _ in
            let registry = try #require(source.registry)
            _ = try await registry.register(Registration(schema: Schema(text: "\"string\"")), under: "orders-value")
            try await registry.setCompatibility(
                CompatibilitySetting(level: "FULL", others: ["alias": .string("orders-value")]), of: .subject("orders"))
            let report = try await capture(source, repository)
            #expect(report.manifest.certificate.grade == .stable && report.manifest.blindSpots == [])
            try await ClusterFixture.simulated { target, _ in
                #expect(try await restore(report.snapshot, repository, target).verdict == .restored)
                #expect(try await target.registry?.compatibility(of: .subject("orders"))?.others["alias"] == .string("orders-value"))
                // With what is there already, too: the setting is part of what drift is told by.
                #expect(try await restore(report.snapshot, repository, target).verdict == .nothingToDo)
                let live = try await Comparison.live(
                    report.snapshot, in: repository, source: target, selection: Selection(only: [try .init("schemas")]))
                #expect(live.isEmpty && live.caveats == [], "\(live)")
                // This registry's topic is elsewhere: what it has beyond that is not seen, and told.
                #expect(live.blindSpots.map { $0.hasPrefix("schemas: the cluster may lack settings of subjects") } == [true], "\(live)")
            }
        }
    }

    @Test func whereItDoesNotTellTheManifestNamesItAndTheBackupIsNoWorse() async throws {
        let repository = try await repository()
        try await ClusterFixture.simulated { source, _ in
            let report = try await capture(source, repository)
            #expect(report.manifest.certificate == Certificate(grade: .stable))
            let manifest = try await repository.manifest(report.snapshot)
            #expect(manifest.blindSpots.count == 1)
            #expect(manifest.blindSpots.first?.hasPrefix("schemas may lack settings of subjects without versions: ") == true)
            let same = try await Comparison.between(report.snapshot, report.snapshot, in: repository)
            #expect(same.isEmpty && same.caveats == [])
            #expect(
                same.blindSpots.map { $0.contains("the first snapshot may lack") } == [true, false]
                    && same.blindSpots[1].contains("the second snapshot may lack"))
            try await ClusterFixture.simulated { target, _ in
                var options = RestoreOptions()
                options.selection = Selection(only: [try .init("schemas")])
                let plan = try await Planning(repository: repository, snapshot: report.snapshot, target: target, options: options).run()
                #expect(plan.losses == [] && plan.notes.contains { $0.text.contains("may lack settings of subjects without versions") })
            }
        }
    }

    /// A snapshot that saw less, or more, is another one.
    @Test func aSnapshotIsNotConfirmedByALookThatSawLess() async throws {
        let repository = try await repository()
        try await ClusterFixture.simulated(flavour: .karapace, keepsTopic: true) { source, _ in
            _ = try await source.registry?.register(Registration(schema: Schema(text: "\"string\"")), under: "a")
            let first = try await capture(source, repository, confirming: true)
            #expect(try await capture(source, repository, confirming: true).confirmation?.snapshot == first.snapshot)
            _ = try await source.client.deleteTopics(["_schemas"])
            let second = try await capture(source, repository, confirming: true)
            #expect(second.confirmation == nil && second.manifest.blindSpots.count == 1)
            #expect(try await capture(source, repository, confirming: true).confirmation?.snapshot == second.snapshot)
        }
    }

    @Test func aUserWhoMayNotReadTheTopicIsToldWhichRightItTakes() async throws {
        var simulated = SimulatorConfiguration()
        simulated.users = [SimulatedUser(name: "admin", password: "admin-secret"), SimulatedUser(name: "half", password: "half-secret")]
        simulated.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        try await SimulatedCluster.withCluster(simulated, time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(time: HostTime(), cluster: cluster) { registry, url in
                registry.serve("PUT", "/config/a", body: Array(#"{"compatibility":"FULL"}"#.utf8))
                func asked(by user: ByteString) async throws -> SectionState {
                    var configuration = ClientConfiguration(
                        bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator"))
                    configuration.security.sasl = .password(
                        SaslCredentials(mechanism: .scramSHA256, username: user, password: Secret("\(user)-secret")))
                    var state: SectionState?
                    try await SecuredStage.withClient(configuration) { client in
                        state = try await SchemaRegistryClient.withClient(
                            RegistryConfiguration(baseURLs: [url]), time: HostTime(), chance: HostChance()
                        ) { try await SchemasKind().observe(Sweep(Source(client: client, registry: $0, time: HostTime()))).state }
                    }
                    return try #require(state)
                }
                #expect(try await asked(by: "admin") == .stable)
                for rights in [[], [AclOperation.describe]] as [[AclOperation]] {
                    try await SecuredStage.withClient(admin(cluster)) { client in
                        try await SecuredStage.allow(client, "half", rights.map { ($0, .topic, "_schemas") })
                    }
                    let state = try await asked(by: "half")
                    #expect(state.isComplete && state.blindSpots.first?.why.contains("DESCRIBE and READ") == true, "\(state)")
                }
            }
        }
    }

    private func admin(_ cluster: SimulatedCluster) throws -> ClientConfiguration {
        var configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator"))
        configuration.security.sasl = .password(
            SaslCredentials(mechanism: .scramSHA256, username: "admin", password: Secret("admin-secret")))
        return configuration
    }
}

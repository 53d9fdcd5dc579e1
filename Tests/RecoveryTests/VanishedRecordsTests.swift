import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing
import Waiting

@testable import Recovery

/// What brokers take away by themselves: records that outlived their retention, and schemas whose topic was deleted.
@Suite(.serialized) struct VanishedRecordsTests {
    /// Of a moment long ago, as restored records are.
    private static let old = (0..<10).map { Record(timestamp: 1_600_000_000_000 + $0, key: nil, value: [1]) }

    @Test func positionsBelowTheLogsStartAreCapturedWithTheStartBesideThem() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, cluster in
            try await make(on: source.client)
            try await until("the topic is written to") { try await ends(of: source.client) == [0, 10] }
            cluster.cleanUpLogs()
            #expect(try await ends(of: source.client) == [10, 10])
            let report = try await capture(source, repository)
            #expect(report.manifest.certificate.grade == .stable, "\(report.manifest.certificate)")
            let id = ResourceID("billing", "orders")
            let desired = try #require(report.manifest.section(.consumerGroups, .desired))
            #expect(try await repository.document(id, in: desired.root)?.body["offsets"] == .array([.integer(4)]), "as committed, unmoved")
            let evidence = try #require(report.manifest.section(.consumerGroups, .evidence))
            let seen = try #require(try await repository.document(id, in: evidence.root)).body
            #expect(seen["logStarts"] == .array([.integer(10)]) && seen["logEnds"] == .array([.integer(10)]), "\(seen)")
        }
    }

    @Test func aRestoreOntoAnEmptiedLogAsksWhereToBeginAndSaysWhatItMoves() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, _ in
            try await make(on: source.client)
            let snapshot = try await capture(source, repository).snapshot
            try await ClusterFixture.simulated { target, cluster in
                try await make(on: target.client, position: nil)
                try await until("the topic is written to") { try await ends(of: target.client) == [0, 10] }
                cluster.cleanUpLogs()
                func plan(_ offsets: OffsetMode?) async throws -> Plan {
                    var options = RestoreOptions()
                    options.offsets = offsets
                    return try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                }
                let undecided = try await plan(nil)
                #expect(
                    undecided.conflicts.contains { $0.kind == .consumerGroups && $0.hint.contains("--offsets") },
                    "\(undecided.conflicts)")
                let bounded = try #require(try await plan(.bounded).positions.first { $0.group == "billing" })
                #expect(bounded.offset == 10 && bounded.effect == .clamped(from: 4))
                let exact = try #require(try await plan(.exact).positions.first { $0.group == "billing" })
                #expect(exact.offset == 4 && exact.effect == .outside)
            }
        }
    }

    @Test func schemasAreCapturedWholeAfterTheirTopicIsGoneAndHealthSaysThatItIs() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(time: HostTime(), cluster: cluster) { registry, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { source in
                    func finding() async throws -> Finding? {
                        try await HealthCheck(source).run(.full).findings.first { $0.check == "schemas-topic" }
                    }
                    func register(_ subject: String) {
                        let body = Array(#"{"schema":"\"string\""}"#.utf8)
                        #expect(registry.serve("POST", "/subjects/\(subject)/versions", body: body).status == 200)
                    }
                    register("orders-value")
                    #expect(try await finding()?.severity == .ok)
                    let before = try await capture(source, repository)
                    #expect(before.manifest.certificate.grade == .stable, "\(before.manifest.certificate)")

                    for (_, result) in try await source.client.deleteTopics(["_schemas"]) { #expect(result.isDone) }
                    let gone = try #require(try await finding())
                    #expect(gone.severity == .warning && gone.detail.contains("no topic _schemas") && gone.detail.contains("hint: "))
                    let without = try await capture(source, repository)
                    #expect(try await subjects(without, repository) == ["orders-value"])
                    let lost = try await Comparison.between(before.snapshot, without.snapshot, in: repository)
                    #expect(lost.kinds.flatMap(\.changes).map(\.id) == [ResourceID("_schemas")])

                    register("payments-value")
                    let expiring = try #require(try await finding())
                    #expect(expiring.severity == .failure && expiring.subjects == ["_schemas"] && expiring.detail.contains("expire"))
                    #expect(try await !HealthCheck(source).run(.full).isHealthy)
                    let after = try await capture(source, repository)
                    #expect(try await subjects(after, repository) == ["orders-value", "payments-value"])
                    let remade = try await Comparison.between(before.snapshot, after.snapshot, in: repository)
                    #expect(Set(remade.kinds.flatMap(\.changes).map(\.id.parts[0])).contains("_schemas"))
                }
            }
        }
    }

    @Test func aPolicyThatIsNotToldOrIsNoneIsNoGoodHealth() {
        for (policy, severity, word) in [
            (nil, Finding.Severity.warning, "not known"), ("", .warning, "not compacted"), ("delete", .failure, "expire"),
            ("compact, delete", .failure, "expire"), ("compact", .ok, "is compacted"),
        ] as [(ByteString?, Finding.Severity, String)] {
            let finding = HealthCheck.schemasTopic("_schemas", policy: policy)
            #expect(finding.severity == severity && finding.detail.contains(word), "\(finding)")
            #expect(finding.detail.contains("hint: ") == (severity != .ok))
        }
    }

    @Test func schemasThatExpiredMakeTheNextSnapshotSuspect() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            func run(_ subjects: [String]) async throws -> CaptureReport {
                // A registry that starts reads its topic, and knows what is left there.
                try await RegistryServer.withRegistry(time: HostTime(), cluster: cluster) { registry, url in
                    for subject in subjects {
                        _ = registry.serve("POST", "/subjects/\(subject)/versions", body: Array(#"{"schema":"\"string\""}"#.utf8))
                    }
                    return try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { source in
                        try await capture(source, repository)
                    }
                }
            }
            let full = try await run((0..<10).map { "s\($0)" })
            #expect(full.manifest.certificate.grade == .stable, "\(full.manifest.certificate)")
            let expired = try await run(["s9"])
            #expect(expired.manifest.certificate.grade == .suspect)
            #expect(expired.manifest.certificate.reasons.contains { $0.contains("schemas") }, "\(expired.manifest.certificate)")
        }
    }

    // MARK: Steps

    /// Topic `orders` with ten old records, and a position in their midst.
    private func make(on client: KafkaClient, position: Int64? = 4) async throws {
        for (name, result) in try await client.createTopics([NewTopic(name: "orders", partitions: 1, replicationFactor: 3)]) {
            #expect(result.isDone, "\(name): \(result)")
        }
        _ = try await client.produce(Self.old, to: TopicPartition("orders", 0))
        guard let position else { return }
        _ = try await client.commitOffsets(
            group: "billing", [TopicPartition("orders", 0): CommittedOffset(offset: position, metadata: "")])
    }

    private func ends(of client: KafkaClient) async throws -> [Int64?] {
        let partition = TopicPartition("orders", 0)
        let start = try await client.listOffsets([partition], at: .earliest).value[partition]?.offset
        return [start, try await client.listOffsets([partition], at: .latest).value[partition]?.offset]
    }

    private func capture(_ source: Source, _ repository: Repository) async throws -> CaptureReport {
        try await Capture(source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()).run()
    }

    private func subjects(_ report: CaptureReport, _ repository: Repository) async throws -> Set<ByteString> {
        let section = try #require(report.manifest.section(.schemas, .desired))
        var subjects: Set<ByteString> = []
        for try await document in repository.documents(section.root) where document.id.parts.first == "schema" {
            subjects.insert(document.id.parts[1])
        }
        return subjects
    }
}

import Bytes
import ClusterFixture
import Host
import KafkaClient
import Repository
import Resources
import Seams
import SnapshotModel
import Storage
import NIOConcurrencyHelpers
import Testing
import Waiting

@testable import Recovery

/// Several backups of one cluster into one repository at the same time.
@Suite struct ConcurrentCaptureTests {
    @Test func threeFirstBackupsInTheSameMomentAreOneAfterTheOther() async throws {
        try await ClusterFixture.simulated { source, _ in
            // All want to publish before any can see another.
            let storage = MeetingStorage(MemoryStorage(time: HostTime()), parties: 3, at: "\"publisher\"")
            let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
            let reports = try await withThrowingTaskGroup(of: CaptureReport.self) { group in
                for tag in ["one", "two", "three"] {
                    group.addTask {
                        var options = Capture.Options(toolVersion: "test")
                        // Manifests of the same millisecond are several all the same.
                        options.tags = [tag]
                        return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
                    }
                }
                var reports: [CaptureReport] = []
                for try await report in group { reports.append(report) }
                return reports
            }
            #expect(storage.met == 3, "they met")
            let entries = try await repository.snapshots()
            #expect(Set(entries.map(\.id)) == Set(reports.map(\.snapshot)) && entries.count == 3)
            let roots = entries.filter { $0.intact?.lineage.parent == nil }
            #expect(roots.count == 1, "never two roots")
            #expect(entries.map { $0.intact?.lineage.parent } == entries.dropFirst().map(\.id) + [nil], "each after the one before")
            #expect(Set(reports.map(\.parent)) == Set(entries.map { $0.intact?.lineage.parent }))
            let check = try await repository.check(readData: true)
            #expect(check.isSound && check.findings.isEmpty, "\(check.findings)")
        }
    }

    /// Nothing to be compared with when it began, and much when it is published.
    @Test func aSnapshotIsJudgedByTheOneThatComesBeforeItWhenItIsPublished() async throws {
        try await ClusterFixture.simulated { source, _ in
            let memory = MemoryStorage(time: HostTime())
            let base = try await Repository.initialize(memory, time: HostTime(), chance: HostChance())
            let storage = MeetingStorage(memory, parties: 1, at: "\"publisher\"") {
                for group in ["a", "b"] {
                    _ = try await source.client.commitOffsets(
                        group: ByteString(group), [TopicPartition("t", 0): CommittedOffset(offset: 0, metadata: "")])
                }
                let other = try await Capture(
                    source: source, repository: base, options: Capture.Options(toolVersion: "test"), time: HostTime()
                ).run()
                #expect(other.manifest.certificate.grade == .stable, "\(other.manifest.certificate)")
            }
            for (_, result) in try await source.client.createTopics([NewTopic(name: "t", partitions: 1, replicationFactor: 1)]) {
                #expect(result.isDone)
            }
            let repository = try await Repository.open(storage, time: HostTime(), chance: HostChance())
            let report = try await Capture(
                source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()
            ).run()
            #expect(report.parent != nil && !report.isUnchanged)
            #expect(report.manifest.certificate.grade == .suspect, "\(report.manifest.certificate)")
            #expect(report.manifest.certificate.reasons.contains { $0.hasPrefix("consumer-groups: 0 documents") })
        }
    }
}

/// A store in which the first `parties` puts of bytes that hold a text wait for each other.
private final class MeetingStorage: Storage {
    private let base: any Storage
    private let parties: Int
    private let text: String
    /// Done once all are there, before any goes on.
    private let meanwhile: @Sendable () async throws -> Void
    private let arrived = NIOLockedValueBox(0)

    init(_ base: any Storage, parties: Int, at text: String, meanwhile: @escaping @Sendable () async throws -> Void = {}) {
        self.base = base
        self.parties = parties
        self.text = text
        self.meanwhile = meanwhile
    }

    var name: String { base.name }
    var met: Int { min(parties, arrived.withLockedValue { $0 }) }

    func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError) {
        if String(decoding: bytes, as: UTF8.self).contains(text),
            arrived.withLockedValue({
                $0 += 1; return $0
            }) <= parties
        {
            do {
                try await until("all parties are here") { arrived.withLockedValue { $0 } >= parties }
                try await meanwhile()
            } catch {
                throw StorageError(code: .io, path: path.description, message: "\(error)", hint: "")
            }
        }
        try await base.put(bytes, at: path, mode: mode)
    }

    func get(_ path: StoragePath, range: Range<Int>?) async throws(StorageError) -> [UInt8] { try await base.get(path, range: range) }
    func head(_ path: StoragePath) async throws(StorageError) -> StoredObject? { try await base.head(path) }
    func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) async throws(StorageError) -> [StoredObject] {
        try await base.list(prefix, after: after, limit: limit)
    }
    func delete(_ path: StoragePath) async throws(StorageError) { try await base.delete(path) }
    func now() async throws(StorageError) -> Timestamp { try await base.now() }
}

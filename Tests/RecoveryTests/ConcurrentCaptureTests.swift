import ClusterFixture
import Host
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
    @Test func twoFirstBackupsInTheSameMomentAreOneAfterTheOther() async throws {
        try await ClusterFixture.simulated { source, _ in
            // Both look at the empty repository and put their manifests before either can see the other's.
            let storage = MeetingStorage(MemoryStorage(time: HostTime()), parties: 2, at: "snapshots")
            let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
            let reports = try await withThrowingTaskGroup(of: CaptureReport.self) { group in
                for tag in ["one", "two"] {
                    group.addTask {
                        var options = Capture.Options(toolVersion: "test")
                        // Two manifests of the same millisecond are two all the same.
                        options.tags = [tag]
                        return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
                    }
                }
                var reports: [CaptureReport] = []
                for try await report in group { reports.append(report) }
                return reports
            }
            #expect(storage.met == 2, "they met")
            let entries = try await repository.snapshots()
            #expect(Set(entries.map(\.id)) == Set(reports.map(\.snapshot)) && entries.count == 2)
            let roots = entries.filter { $0.intact?.lineage.parent == nil }
            #expect(roots.count == 1, "never two roots")
            #expect(entries.first?.intact?.lineage.parent == roots.first?.id)
            #expect(Set(reports.map(\.parent)) == [nil, roots.first?.id])
            let check = try await repository.check(readData: true)
            #expect(check.isSound && check.findings(.warning).isEmpty, "\(check.findings)")
        }
    }
}

/// A store in which the first `parties` puts into one folder wait for each other.
private final class MeetingStorage: Storage {
    private let base: any Storage
    private let parties: Int
    private let folder: StoragePath
    private let arrived = NIOLockedValueBox(0)

    init(_ base: any Storage, parties: Int, at folder: StoragePath) {
        self.base = base
        self.parties = parties
        self.folder = folder
    }

    var name: String { base.name }
    var met: Int { min(parties, arrived.withLockedValue { $0 }) }

    func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError) {
        if path.isBelow(folder),
            arrived.withLockedValue({
                $0 += 1; return $0
            }) <= parties
        {
            do {
                try await until("all parties are here") { arrived.withLockedValue { $0 } >= parties }
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

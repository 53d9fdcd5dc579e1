import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import Repository
import Resources
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// Offsets more often than the rest: each selection's snapshots are confirmed beside the other's.
@Suite(.serialized) struct TwoCadencesTests {
    private static let offsets = Selection(only: [Selection.Rule(kind: .consumerGroups)])

    private struct Stage: Sendable {
        let source: Source
        let repository: Repository
        let storage: MemoryStorage

        func capture(_ selection: Selection) async throws -> CaptureReport {
            var options = Capture.Options(toolVersion: "test")
            options.confirmsAs = .agent
            options.selection = selection
            return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
        }

        func commit(_ partition: Int32) async throws {
            _ = try await source.client.commitOffsets(
                group: "payments", [TopicPartition("orders", partition): CommittedOffset(offset: 0, metadata: "")])
        }

        func objects() -> Int { storage.list("objects", after: nil, limit: 10_000).count }
    }

    private func onACluster(_ body: @Sendable (Stage) async throws -> Void) async throws {
        let storage = MemoryStorage(time: HostTime())
        let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, _ in
            let topic = NewTopic(name: "orders", partitions: 3, replicationFactor: 1)
            for (name, result) in try await source.client.createTopics([topic]) { #expect(result.isDone, "\(name): \(result)") }
            let stage = Stage(source: source, repository: repository, storage: storage)
            try await stage.commit(0)
            try await body(stage)
            #expect(try await repository.check(readData: true).isSound)
        }
    }

    @Test("after the first of each no manifest and no page; after a change one manifest of each that it concerns")
    func unchanged() async throws {
        try await onACluster { stage in
            let whole = try await stage.capture(.everything)
            let positions = try await stage.capture(Self.offsets)
            #expect(positions.parent == whole.snapshot && positions.objectsWritten == 0, "its pages are the whole one's")
            let objects = stage.objects()
            for count in 1...3 {
                for (selection, first) in [(Selection.everything, whole), (Self.offsets, positions), (Self.offsets, positions)] {
                    let report = try await stage.capture(selection)
                    #expect(report.confirmation?.snapshot == first.snapshot && report.isUnchanged, "\(selection), round \(count)")
                    #expect(report.objectsWritten == 0 && report.recoveryPoint > first.recoveryPoint)
                }
            }
            #expect(try await stage.repository.snapshotIDs() == [whole.snapshot, positions.snapshot] && stage.objects() == objects)
            let confirmations = try await stage.repository.confirmations()
            #expect(confirmations.bySnapshot[whole.snapshot]?.map(\.count) == [3])
            #expect(confirmations.bySnapshot[positions.snapshot]?.map(\.count) == [6])
            for selection in [Selection.everything, Self.offsets] {
                let points = try await RecoveryPoints(of: stage.repository, selection)
                let snapshot = selection.isEverything ? whole.snapshot : positions.snapshot
                #expect(points.byCluster[whole.manifest.clusterID] == confirmations.confirmedUntil(snapshot))
            }

            // A position moves: that concerns both.
            try await stage.commit(2)
            let moved = [try await stage.capture(Self.offsets), try await stage.capture(.everything)]
            #expect(moved.allSatisfy { $0.confirmation == nil && !$0.isUnchanged } && moved[1].parent == moved[0].snapshot)
            // A topic comes: that does not concern the positions.
            _ = try await stage.source.client.createTopics([NewTopic(name: "returns", partitions: 1, replicationFactor: 1)])
            let grown = try await stage.capture(.everything)
            #expect(grown.confirmation == nil && grown.parent == moved[1].snapshot)
            #expect(try await stage.capture(Self.offsets).confirmation?.snapshot == moved[0].snapshot)
            #expect(try await stage.capture(.everything).confirmation?.snapshot == grown.snapshot)
            #expect(try await stage.repository.snapshotIDs().count == 5)
        }
    }

    @Test("a snapshot of the other selection that was published while this one read is no reason for another")
    func beside() async throws {
        try await onACluster { stage in
            let whole = try await stage.capture(.everything)
            async let one = stage.capture(.everything)
            async let other = stage.capture(Self.offsets)
            let both = [try await one, try await other]
            #expect(both[0].confirmation?.snapshot == whole.snapshot && both[1].confirmation == nil)
        }
    }

    @Test("one that cannot be read may be of this selection and newer: then a snapshot is published, and confirmed from then on")
    func damage() async throws {
        try await onACluster { stage in
            _ = try await stage.capture(.everything)
            let positions = try await stage.capture(Self.offsets)
            let entry = try #require(try await stage.repository.snapshots().first { $0.id == positions.snapshot })
            try stage.storage.put([0x7b], at: entry.path, mode: .overwrite)
            let again = try await stage.capture(.everything)
            #expect(again.confirmation == nil)
            #expect(try await stage.capture(.everything).confirmation?.snapshot == again.snapshot)
            stage.storage.delete(entry.path)
        }
    }
}

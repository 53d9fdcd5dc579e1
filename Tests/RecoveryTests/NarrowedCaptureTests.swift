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

/// A loss is a loss where a policy leaves something out, too.
@Suite(.serialized) struct NarrowedCaptureTests {
    private struct Stage: Sendable {
        let source: Source
        let repository: Repository

        func capture(_ only: [String] = [], except: [String] = []) async throws -> CaptureReport {
            var options = Capture.Options(toolVersion: "test")
            options.selection = Selection(only: try only.map { try .init($0) }, except: try except.map { try .init($0) })
            options.confirmsAs = .agent
            return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
        }

        func grade(_ only: [String] = [], except: [String] = []) async throws -> Certificate.Grade {
            try await capture(only, except: except).manifest.certificate.grade
        }

        func deleteTopics(_ range: Range<Int>) async throws {
            for (name, result) in try await source.client.deleteTopics(range.map { ByteString("orders-\($0)") }) {
                #expect(result.isDone, "\(name): \(result)")
            }
        }
    }

    private func onACluster(_ body: @Sendable (Stage) async throws -> Void) async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, _ in
            let wanted = (0..<21).map { NewTopic(name: ByteString("orders-\($0)"), partitions: 1, replicationFactor: 1) }
            for (name, result) in try await source.client.createTopics(wanted) { #expect(result.isDone, "\(name): \(result)") }
            for group in ["payments", "console-consumer-1"] {
                _ = try await source.client.commitOffsets(
                    group: ByteString(group), [TopicPartition("orders-20", 0): CommittedOffset(offset: 0, metadata: "")])
            }
            try await body(Stage(source: source, repository: repository))
            #expect(try await repository.check(readData: true).isSound)
        }
    }

    @Test func twentyOfTwentyOneTopicsGoneIsSuspectAgainAndAgainAndTheStableOneStays() async throws {
        try await onACluster { stage in
            let except = ["consumer-groups:console-consumer-*"]
            let stable = try await stage.capture(except: except)
            #expect(stable.manifest.certificate.grade == .stable)
            try await stage.deleteTopics(0..<20)
            for count in 0..<2 {
                let suspect = try await stage.capture(except: except)
                #expect(suspect.manifest.certificate.grade == .suspect && (suspect.confirmation == nil) == (count == 0))
                #expect(suspect.manifest.certificate.reasons.contains("topics: 1 documents, snapshot \(stable.snapshot.short) has 21"))
            }
            for rules in [RetentionRules(last: 1), RetentionRules(daily: 7), RetentionRules(within: .seconds(1))] {
                let report = try await Forget(repository: stage.repository, choice: .rules(rules), holder: "a test").run()
                #expect(report.kept.contains { $0.id == stable.snapshot }, "\(rules)")
            }
            #expect(try await stage.repository.snapshotIDs().contains(stable.snapshot))
        }
    }

    @Test func whereTheSelectionChangedWhatBothTakeIsCompared() async throws {
        try await onACluster { stage in
            #expect(try await stage.grade() == .stable)
            #expect(try await stage.grade(["consumer-groups:payments"]) == .stable, "the first of its kind has nothing to be judged by")
            try await stage.deleteTopics(0..<20)
            // All topics by either selection, so the whole snapshot's count.
            #expect(try await stage.grade(except: ["broker-configs"]) == .suspect)
            #expect(try await stage.grade(["topics"]) == .suspect)
            #expect(try await stage.grade(["topics:orders-*"]) == .stable, "never taken by this rule")
            #expect(try await stage.grade(["consumer-groups:payments"]) == .stable, "no topic is selected")
            #expect(try await stage.grade() == .suspect)
        }
    }

    @Test func aNarrowedOneIsWhatTheNextWholeOneIsJudgedBy() async throws {
        try await onACluster { stage in
            #expect(try await stage.grade(except: ["broker-configs"]) == .stable)
            try await stage.deleteTopics(0..<20)
            #expect(try await stage.grade() == .suspect)
        }
    }

    @Test func aClusterWhosePlaceWasTakenIsRefusedUntilItTakesItBack() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        @Sendable func capture(_ source: Source, accept: Bool = false) async throws -> CaptureReport {
            var options = Capture.Options(toolVersion: "test")
            options.acceptNewCluster = accept
            return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
        }
        try await ClusterFixture.simulated { old, _ in
            _ = try await capture(old)
            try await ClusterFixture.simulated { new, _ in
                let taken = try await capture(new, accept: true)
                let error = await #expect(throws: RecoveryError.self) { try await capture(old) }
                #expect(error?.code == .conflict && error?.message.contains("took the place of cluster") == true)
                #expect(error?.hint.contains("a repository of its own") == true)
                #expect(try await repository.snapshotIDs().count == 2)
                #expect(try await capture(new).parent == taken.snapshot)
                let back = try await capture(old, accept: true)
                #expect(back.manifest.lineage.formerClusterIDs == [taken.manifest.clusterID])
                #expect(try await capture(old).parent == back.snapshot)
                await #expect(throws: RecoveryError.self) { try await capture(new) }
                #expect(Manifest.lineages(of: try await repository.snapshots().compactMap(\.intact)).count == 1)
            }
        }
    }
}

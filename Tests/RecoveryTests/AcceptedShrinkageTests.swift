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

/// A loss that is meant: suspect until somebody says so, complete from then on.
@Suite(.serialized) struct AcceptedShrinkageTests {
    private struct Stage: Sendable {
        let source: Source
        let cluster: SimulatedCluster
        let repository: Repository
        let storage: MemoryStorage

        func capture(
            accepting kinds: Set<KindName> = [], _ change: (inout Capture.Options) throws -> Void = { _ in }
        ) async throws -> CaptureReport {
            var options = Capture.Options(toolVersion: "test")
            options.confirmsAs = .agent
            options.acceptedShrinkage = kinds
            try change(&options)
            return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
        }

        func deleteTopics(_ range: Range<Int>) async throws {
            _ = try await source.client.deleteTopics(range.map { ByteString("orders-\($0)") })
        }

        func forget() async throws -> ForgetReport {
            try await Forget(repository: repository, choice: .rules(RetentionRules(last: 1)), holder: "a test").run()
        }

        func refusal(_ kinds: Set<KindName>, _ change: (inout Capture.Options) throws -> Void = { _ in }) async throws -> RecoveryError? {
            let before = try await repository.snapshotIDs()
            defer { #expect(storage.list("leases", after: nil, limit: 9).isEmpty) }
            do {
                _ = try await capture(accepting: kinds, change)
                return nil
            } catch let error as RecoveryError {
                #expect(try await repository.snapshotIDs() == before, "nothing was published")
                return error
            }
        }
    }

    private func onACluster(_ body: @Sendable (Stage) async throws -> Void) async throws {
        let storage = MemoryStorage(time: HostTime())
        let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, cluster in
            let wanted = (0..<12).map { NewTopic(name: ByteString("orders-\($0)"), partitions: 1, replicationFactor: 1) }
            for (name, result) in try await source.client.createTopics(wanted) { #expect(result.isDone, "\(name): \(result)") }
            try await body(Stage(source: source, cluster: cluster, repository: repository, storage: storage))
            #expect(try await repository.check(readData: true).isSound)
        }
    }

    @Test("suspect again and again, accepted once, complete from then on; and then the old one may go")
    func accepted() async throws {
        try await onACluster { stage in
            let old = try await stage.capture()
            try await stage.deleteTopics(0..<9)
            for count in 0..<3 {
                let suspect = try await stage.capture()
                #expect(suspect.manifest.certificate.grade == .suspect && suspect.confirmation?.count == (count == 0 ? nil : count))
                #expect(suspect.shrinkage == [Shrinkage(kind: .topics, before: 12, now: 3, against: old.snapshot)])
                #expect(suspect.manifest.acceptedShrinkage.isEmpty)
                let hint = try #require(suspect.suspicionHint("tidemark backup"))
                #expect(hint.contains("`tidemark backup --accept-shrinkage topics`"))
                #expect(hint.contains("`tidemark diff \(old.snapshot.short) \(suspect.snapshot.short)`"))
            }
            #expect(try await stage.forget().kept.contains { $0.id == old.snapshot }, "the old one holds what is missing")

            let accepted = try await stage.capture(accepting: [.topics])
            #expect(accepted.manifest.certificate == Certificate(grade: .stable) && accepted.confirmation == nil)
            #expect(accepted.suspicionHint("tidemark backup") == nil)
            let stored = try await stage.repository.manifest(accepted.snapshot)
            #expect(stored.acceptedShrinkage == [Shrinkage(kind: .topics, before: 12, now: 3, against: old.snapshot)])

            // The agent's next run, which accepts nothing.
            let next = try await stage.capture()
            #expect(next.confirmation?.snapshot == accepted.snapshot && next.shrinkage.isEmpty)
            let left = try await stage.forget()
            #expect(left.kept.map(\.id) == [accepted.snapshot], "\(left.kept.map { "\($0.verdict)" })")

            // The next loss is suspect again, against the accepted one.
            try await stage.deleteTopics(9..<12)
            let again = try await stage.capture()
            #expect(again.manifest.certificate.grade == .suspect)
            #expect(again.shrinkage == [Shrinkage(kind: .topics, before: 3, now: 0, against: accepted.snapshot)])
        }
    }

    @Test("what is not named stays suspect, and nothing is recorded as accepted that was not")
    func oneOfTwo() async throws {
        try await onACluster { stage in
            _ = try await stage.source.client.commitOffsets(
                group: "payments", [TopicPartition("orders-11", 0): CommittedOffset(offset: 0, metadata: "")])
            _ = try await stage.capture()
            try await stage.deleteTopics(0..<9)
            _ = try await stage.source.client.deleteGroups(try await stage.source.client.listGroups().value)
            let half = try await stage.capture(accepting: [.topics])
            #expect(half.manifest.certificate.grade == .suspect)
            #expect(half.manifest.certificate.reasons.count == 1 && half.manifest.certificate.reasons[0].hasPrefix("consumer-groups: 0 "))
            #expect(half.manifest.acceptedShrinkage.map(\.kind) == [.topics])
            // It is suspect still, so both are to be accepted against the one before.
            let whole = try await stage.capture(accepting: [.topics, .consumerGroups])
            #expect(whole.manifest.certificate.grade == .stable && whole.manifest.acceptedShrinkage.count == 2)
        }
    }

    @Test("refused where it was not read as a whole: what is hidden is not gone")
    func unread() throws {
        var options = Capture.Options(toolVersion: "test")
        options.acceptedShrinkage = [.topics]
        let id = try #require(SnapshotID(bytes: Array(repeating: 1, count: 32)))
        let shrinkage = [Shrinkage(kind: .topics, before: 12, now: 3, against: id)]
        var state = SectionState.stable
        try options.refuseToAccept(what: [Observation(kind: .topics, desired: [], state: state)], shrinkage)
        state.limited = "9 topics are hidden from this user"
        let error = #expect(throws: RecoveryError.self) {
            try options.refuseToAccept(what: [Observation(kind: .topics, desired: [], state: state)], shrinkage)
        }
        #expect(error?.message.contains("could not be read as a whole (limited: 9 topics are hidden from this user)") == true)
        #expect(error?.code == .usage)
    }

    @Test("refused where nothing shrank; a selection is judged, and accepted, like everything")
    func refused() async throws {
        try await onACluster { stage in
            #expect(try await stage.refusal([.topics])?.message.contains("did not shrink") == true, "there is none to compare with")
            _ = try await stage.capture()
            #expect(try await stage.refusal([.topics])?.message.contains("did not shrink") == true)
            try await stage.deleteTopics(0..<9)
            #expect(try await stage.refusal([.topics, .schemas])?.message.contains("schemas did not shrink") == true)
            let narrowed = try await stage.capture(accepting: [.topics]) { $0.selection = Selection(only: [try .init("topics")]) }
            #expect(narrowed.manifest.certificate.grade == .stable && narrowed.manifest.acceptedShrinkage.map(\.kind) == [.topics])
            #expect(
                try await stage.refusal([.topics])?.message.contains("did not shrink") == true, "left in a crontab it accepts nothing more")
        }
    }
}

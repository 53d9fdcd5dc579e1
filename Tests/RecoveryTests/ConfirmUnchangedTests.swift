import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import NIOConcurrencyHelpers
import Repository
import Resources
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// What an unchanged cluster costs, and when it is one.
@Suite(.serialized) struct ConfirmUnchangedTests {
    struct Stage: Sendable {
        let source: Source
        let cluster: SimulatedCluster
        let repository: Repository
        let storage: MemoryStorage

        func capture(_ change: (inout Capture.Options) -> Void = { _ in }) async throws -> CaptureReport {
            var options = Capture.Options(toolVersion: "test")
            options.confirmsAs = .agent
            change(&options)
            return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
        }

        /// Bytes that lie in the repository, by path.
        func files() throws -> [String: Int] {
            Dictionary(uniqueKeysWithValues: storage.list(nil, after: nil, limit: 10_000).map { ("\($0.path)", $0.length) })
        }
    }

    private func onACluster(
        topics: Int = 2, groups: Int = 4, brokers: Int32 = 3, _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        let storage = MemoryStorage(time: HostTime())
        let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = (1...brokers).map { $0 }
        try await ClusterFixture.simulated(configuration) { source, cluster in
            let wanted = (0..<topics).map { NewTopic(name: ByteString("orders-\($0)"), partitions: 3, replicationFactor: 1) }
            for (name, result) in try await source.client.createTopics(wanted) { #expect(result.isDone, "\(name): \(result)") }
            for group in 0..<groups {
                // On every broker, as far as they are not more than three.
                let positions = (0..<Int32(3)).map { (TopicPartition("orders-0", $0), CommittedOffset(offset: 0, metadata: "")) }
                _ = try await source.client.commitOffsets(
                    group: ByteString("group-\(group)"), Dictionary(uniqueKeysWithValues: positions))
            }
            try await body(Stage(source: source, cluster: cluster, repository: repository, storage: storage))
        }
    }

    @Test("no page, no manifest: a record that says until when, and a lease that is given back")
    func confirmed() async throws {
        try await onACluster { stage in
            let first = try await stage.capture()
            #expect(first.confirmation == nil && first.objectsWritten > 0, "the first has nothing to confirm")
            let before = try stage.files()
            for count in 1...3 {
                let report = try await stage.capture()
                let confirmation = try #require(report.confirmation)
                #expect(report.snapshot == first.snapshot && report.isUnchanged && report.objectsWritten == 0 && report.bytesWritten == 0)
                #expect(confirmation.count == count && confirmation.last > first.manifest.started)
                #expect(report.recoveryPoint == confirmation.last)
                let after = try stage.files()
                let new = after.filter { before[$0.key] == nil }
                #expect(new.count == 1 && new.keys.allSatisfy { $0.hasPrefix("confirmations/") }, "\(new)")
                #expect(new.values.allSatisfy { $0 < 512 }, "\(new)")
                #expect(before.allSatisfy { after[$0.key] == $0.value })
            }
            let confirmations = try await stage.repository.confirmations()
            #expect(confirmations.bySnapshot[first.snapshot]?.map(\.writer) == [.agent])
            #expect(try await stage.repository.check(readData: true).isSound)
        }
    }

    @Test("the calls that it costs grow with the brokers, not with topics, groups or how often")
    func cost() async throws {
        func calls(topics: Int, groups: Int, brokers: Int32) async throws -> Int {
            let counted = Counted()
            try await onACluster(topics: topics, groups: groups, brokers: brokers) { stage in
                _ = try await stage.capture()
                // Connections are made, coordinators known: what a run costs in the long run.
                let runs = [try await stage.capture(), try await stage.capture()]
                #expect(runs.allSatisfy { $0.confirmation != nil } && runs[0].calls == runs[1].calls, "\(runs.map(\.calls))")
                await counted.set(runs[1].calls)
            }
            return await counted.calls
        }
        let small = try await calls(topics: 2, groups: 40, brokers: 3)
        #expect(try await calls(topics: 300, groups: 120, brokers: 3) == small)
        let larger = try await calls(topics: 2, groups: 40, brokers: 6)
        #expect(small < larger && larger <= 2 * small, "\(small) calls of three brokers, \(larger) of six")
        print("an unchanged cluster costs \(small) calls with three brokers, \(larger) with six")
    }

    actor Counted {
        var calls = 0
        func set(_ calls: Int) { self.calls = calls }
    }

    @Test("evidence may move: records that came change nothing that could be put back")
    func evidence() async throws {
        try await onACluster { stage in
            let first = try await stage.capture()
            _ = try await stage.source.client.produce([Record(timestamp: -1, key: nil, value: [1])], to: TopicPartition("orders-0", 1))
            let second = try await stage.capture()
            #expect(second.snapshot == first.snapshot && second.confirmation != nil && second.objectsWritten == 0)
            #expect(second.measurements?.lag?.byGroup.kept.map(\.most) == [1, 1, 1, 1], "measured it is all the same")
        }
    }

    @Test("what could be put back has changed: a snapshot with everything, as without the option")
    func changed() async throws {
        try await onACluster { stage in
            let first = try await stage.capture()
            _ = try await stage.capture()
            _ = try await stage.source.client.commitOffsets(
                group: "group-1", [TopicPartition("orders-1", 2): CommittedOffset(offset: 0, metadata: "")])
            let second = try await stage.capture()
            #expect(second.snapshot != first.snapshot && second.confirmation == nil && second.parent == first.snapshot)
            #expect(Set(second.manifest.sections.map(\.part)) == [.desired, .evidence])
            #expect(second.manifest.sections.count == 2 * second.sections.count)
            #expect(second.manifest.section(.topics, .evidence)?.root == first.manifest.section(.topics, .evidence)?.root)
            #expect(try await stage.repository.check(readData: true).isSound)
            #expect(try await stage.capture().confirmation?.snapshot == second.snapshot)
        }
    }

    @Test("asked for otherwise, with other tags, or without leave: a snapshot")
    func otherwise() async throws {
        try await onACluster { stage in
            let first = try await stage.capture()
            let positions = Selection(only: [Selection.Rule(kind: .consumerGroups)])
            let narrowed = try await stage.capture { $0.selection = positions }
            #expect(narrowed.confirmation == nil)
            #expect(try await stage.capture { $0.selection = positions }.confirmation?.snapshot == narrowed.snapshot)
            #expect(try await stage.capture().confirmation?.snapshot == first.snapshot, "narrower ones do not stand between")
            let tagged = try await stage.capture { $0.tags = ["before the upgrade"] }
            #expect(tagged.confirmation == nil && tagged.snapshot != first.snapshot)
            #expect(
                try await stage.capture {
                    $0.tags = ["before the upgrade"]; $0.confirmsAs = nil
                }.confirmation == nil)
        }
    }

    @Test(
        "what could not be read whole confirms nothing that was; as long as it lacks the same, it is confirmed as what it is, and counts for nothing"
    )
    func partial() async throws {
        try await onACluster { stage in
            let first = try await stage.capture()
            await stage.cluster.killBroker(3)
            let partial = try await stage.capture()
            #expect(partial.manifest.certificate.grade == .partial && partial.confirmation == nil)
            let before = try stage.files()
            for count in 1...2 {
                let again = try await stage.capture()
                #expect(
                    again.confirmation?.snapshot == partial.snapshot && again.confirmation?.count == count, "\(again.manifest.certificate)")
                #expect(again.manifest.certificate == partial.manifest.certificate, "the run ends as before")
                #expect(again.objectsWritten == 0)
            }
            #expect(try stage.files().keys.filter { before[$0] == nil }.count == 1, "one record, however often")
            let points = try await RecoveryPoints(of: stage.repository, .everything)
            #expect(points.byCluster == [first.manifest.clusterID: first.manifest.started], "no success")
            await stage.cluster.killBroker(2)
            let worse = try await stage.capture()
            #expect(worse.confirmation == nil && worse.manifest.certificate.grade == .partial, "it lacks more")
            try await stage.cluster.restartBroker(2)
            try await stage.cluster.restartBroker(3)
            let whole = try await stage.capture()
            #expect(whole.confirmation == nil && whole.manifest.certificate.isWhole, "the newest was partial")
            #expect(try await stage.repository.confirmations().confirmedUntil(first.snapshot) == nil)
            #expect(try await stage.repository.check(readData: true).isSound)
        }
    }

    @Test("more gaps than a manifest lists are compared one by one")
    func manyGaps() throws {
        let root = TreeRoot.empty
        let certificate = Certificate(grade: .partial, reasons: ["topics: limited: by rights"])
        func state(_ limited: String?, moved: [ResourceID] = []) -> SectionState {
            SectionState(outcome: .captured, unread: [.init(what: "broker 3", why: "it is down")], moved: moved, limited: limited)
        }
        func draft(_ state: SectionState, _ gaps: [Gap] = []) -> CaptureDraft {
            var draft = CaptureDraft(basis: nil)
            draft.note(Observation(kind: .topics, desired: [], state: state, gaps: gaps), root)
            return draft
        }
        let id = try #require(SnapshotID(bytes: Array(repeating: 1, count: 32)))
        let gap = Gap(kind: .topics, id: nil, what: "configs", why: "hidden")
        let held = [
            Section(kind: .topics, part: .desired, root: root, state: state("by rights")),
            Section(kind: .topics, part: .gaps, root: root, state: .stable),
        ]
        let manifest = Manifest(
            tool: .init(name: "tidemark", version: "1"), clusterID: "c", brokers: 1, started: HostTime().now(), finished: HostTime().now(),
            sections: held, gaps: [gap], certificate: certificate)
        let confirmable = Confirmable(id: id, manifest: manifest)
        let long = [held[1]]
        #expect(confirmable.isMet(by: draft(state("by rights"), [gap]), long: long, certificate))
        #expect(confirmable.isMet(by: draft(state("by rights", moved: [ResourceID("a")]), [gap]), long: long, certificate))
        #expect(!confirmable.isMet(by: draft(state("by rights")), long: long, certificate), "a gap less")
        #expect(!confirmable.isMet(by: draft(state(nil), [gap]), long: long, certificate), "another state")
        #expect(!confirmable.isMet(by: draft(state("by rights"), [gap]), long: [], certificate), "another list")
        var other = certificate
        other.reasons += ["schemas: unread"]
        #expect(!confirmable.isMet(by: draft(state("by rights"), [gap]), long: long, other), "another reason")
        #expect(
            !confirmable.isMet(by: draft(state("by rights"), [gap]), long: long, Certificate(grade: .suspect, reasons: certificate.reasons))
        )
        #expect(!confirmable.isMet(by: draft(state("by rights"), [gap]), long: long, Certificate(grade: .stable)), "it is whole now")
    }

    @Test("a snapshot that was forgotten meanwhile is not confirmed: another is published")
    func forgotten() async throws {
        try await onACluster { stage in
            let first = try await stage.capture()
            let entry = try #require(try await stage.repository.snapshots().first)
            #expect(entry.id == first.snapshot)
            stage.storage.delete(entry.path)
            let second = try await stage.capture()
            #expect(second.confirmation == nil && second.parent == nil)
            #expect(try await stage.repository.confirmations().bySnapshot.isEmpty)
        }
    }

    @Test("what an unchanged run reads of snapshots is the same among ten and among three hundred")
    func manySnapshots() async throws {
        try await onACluster { stage in
            var last = try await stage.capture()
            let memory = RepositoryMemory()
            let manifests = NIOLockedValueBox(0)
            let counting = FaultyStorage(stage.storage) { verb, path in
                if verb == .get, path?.description.hasPrefix("snapshots/") == true { manifests.withLockedValue { $0 += 1 } }
                return nil
            }
            /// As an agent does it, which opens the repository for each run.
            func confirm() async throws -> (confirmed: SnapshotID?, manifests: Int) {
                manifests.withLockedValue { $0 = 0 }
                var options = Capture.Options(toolVersion: "test")
                options.confirmsAs = .agent
                let repository = try await Repository.open(counting, time: HostTime(), chance: HostChance(), memory: memory)
                last = try await Capture(source: stage.source, repository: repository, options: options, time: HostTime()).run()
                return (last.confirmation?.snapshot, manifests.withLockedValue { $0 })
            }
            var reads: [Int] = []
            var parent = last.snapshot
            for count in [10, 300] {
                for _ in 0..<count {
                    var manifest = last.manifest
                    manifest.lineage.parent = parent
                    (manifest.started, manifest.finished) = (HostTime().now(), HostTime().now())
                    parent = try await stage.repository.withWriter(holder: "a test") { [manifest] in try await $0.publish(manifest) }
                }
                let first = try await confirm()
                #expect(first.confirmed == parent && first.manifests > count, "they are new to it")
                let second = try await confirm()
                #expect(second.confirmed == parent)
                reads.append(second.manifests)
            }
            #expect(reads == [1, 1], "the one that it relies upon")
        }
    }

    @Test("where the repository goes back to follows the confirmation")
    func recoveryPoint() async throws {
        try await onACluster { stage in
            let first = try await stage.capture()
            #expect(
                try await RecoveryPoints(of: stage.repository, .everything).byCluster == [first.manifest.clusterID: first.manifest.started])
            let second = try await stage.capture()
            let points = try await RecoveryPoints(of: stage.repository, .everything)
            #expect(points.byCluster == [first.manifest.clusterID: second.recoveryPoint] && second.recoveryPoint > first.recoveryPoint)
            #expect(points.onlyCluster == first.manifest.clusterID)
            #expect(
                try await RecoveryPoints(of: stage.repository, Selection(only: [Selection.Rule(kind: .topics)])).byCluster.isEmpty,
                "no snapshot was narrowed so")
        }
    }
}

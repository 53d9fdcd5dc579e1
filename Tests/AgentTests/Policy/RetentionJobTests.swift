import Access
import Bytes
import Foundation
import Host
import KafkaSimulator
import NIOConcurrencyHelpers
import Policies
import Recovery
import Repository
import Schedules
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Agent

/// What an agent does for a policy's retention, on a real directory.
@Suite struct RetentionJobTests {
    struct Stage {
        let path: String
        let time: JumpingTime
        var plan = RetentionPlan()
        /// Nobody answers there.
        var servers = ["127.0.0.1:1"]
        /// What the agent knows of the cluster from its backups.
        var known: String? = "c"

        func repository() async throws -> Repository {
            try await Repository.open(DirectoryStorage(root: path, time: time), time: time, chance: HostChance())
        }

        /// Finished at these moments, each with a page of its own.
        func publish(of cluster: String = "c", after former: String? = nil, _ moments: String...) async throws -> [SnapshotID] {
            let repository = try await repository()
            var ids: [SnapshotID] = []
            for text in moments {
                let moment = try #require(Timestamp(text))
                ids.append(
                    try await repository.withWriter(holder: "a test") { writer in
                        let root = try await writer.write([Document(id: ResourceID("topic"), body: .text(cluster + text))])
                        return try await writer.publish(
                            Manifest(
                                tool: .init(name: "tidemark", version: "1"), clusterID: ByteString(cluster), brokers: 1,
                                lineage: Lineage(parent: nil, formerClusterIDs: former.map { [ByteString($0)] } ?? []), started: moment,
                                finished: moment,
                                sections: [Section(kind: "topics", part: .desired, root: root, state: .stable)],
                                certificate: Certificate(grade: .stable)))
                    })
            }
            return ids
        }

        func runner() -> PolicyRunner {
            var cluster = ProtectedCluster()
            cluster.name = "shop"
            cluster.repository = path
            cluster.retention = plan
            cluster.bootstrapServers = servers
            cluster.properties = ["default.api.timeout.ms": SecretSource("3000")]
            return PolicyRunner(
                clusters: ["shop": cluster], world: World(time: time, chance: HostChance(), environment: Environment([:])),
                toolVersion: "0"
            ) { error in
                let error = error as? RepositoryError
                return Failure(error?.message ?? "?", hint: error?.hint ?? "?", exitCode: 1)
            }
        }

        func perform() async throws -> Ending {
            let runner = runner()
            if let known { runner.identities.withLockedValue { $0["shop"] = known } }
            return try await runner.perform(.retention, of: "shop")
        }

        /// Why it forgot nothing of what is there; nil where it went on.
        func refusal() async throws -> RecoveryError? {
            let before = try await repository().snapshotIDs()
            do {
                _ = try await perform()
                return nil
            } catch let error as RecoveryError {
                #expect(try await repository().snapshotIDs() == before && error.message.hasSuffix("nothing was forgotten"))
                return error
            }
        }
    }

    private func withStage(_ body: (inout Stage) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tidemark-retention-\(HostChance().bytes(8).hex)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var stage = Stage(path: path, time: JumpingTime())
        _ = try await Repository.initialize(
            DirectoryStorage(root: path, time: stage.time), time: stage.time, chance: HostChance())
        try await body(&stage)
        #expect(try await stage.repository().check(readData: true).findings(.warning).isEmpty)
        #expect(try await stage.repository().leases().isEmpty)
    }

    @Test func itForgetsAndFreesAndReportsBoth() async throws {
        try await withStage { stage in
            let ids = try await stage.publish("2026-11-20T00:00Z", "2026-11-21T00:00Z", "2026-11-22T00:00Z")
            stage.plan.rules = RetentionRules(last: 2)
            let ending = try await stage.perform()
            let report = try #require(ending.report as? RetentionReport)
            #expect(report.forget.forgotten.map(\.id) == [ids[0]] && report.forget.kept.count == 2 && report.prune?.objectsFreed == 1)
            #expect(ending.shortfall == nil && ending.summary.hasPrefix("1 snapshot forgotten, 2 kept; 1 object freed, "))
            #expect(try await stage.repository().snapshotIDs() == Set(ids.suffix(2)))
        }
    }

    @Test func whatARunWouldFreeIsToldWithoutPuttingAnything() async throws {
        try await withStage { stage in
            let ids = try await stage.publish("2026-11-20T00:00Z", "2026-11-21T00:00Z")
            func idle(keeping last: Int, prune: Bool = true) async throws -> Ending? {
                stage.plan.rules = RetentionRules(last: last)
                stage.plan.prune = prune
                let runner = stage.runner()
                runner.identities.withLockedValue { $0["shop"] = "c" }
                let paths = try await stage.repository().storage.all(under: nil).map(\.path)
                let ending = try await runner.idle(.retention, of: "shop")
                #expect(try await stage.repository().storage.all(under: nil).map(\.path) == paths)
                #expect(try await runner.idle(.backup, of: "shop") == nil)
                return ending
            }
            let nothing = try #require(try await idle(keeping: 9))
            let report = try #require(nothing.report as? RetentionReport)
            #expect(report.forget.kept.count == 2 && !report.forget.isRehearsal && report.prune?.isRehearsal == false)
            #expect(nothing.summary == "0 snapshots forgotten, 2 kept; 0 objects freed, 0 bytes" && nothing.shortfall == nil)
            #expect(try await idle(keeping: 1) == nil, "one would go")
            try await stage.repository().withForgetter(holder: "a test") { [entry = try await stage.repository().snapshots()[1]] in
                #expect(entry.id == ids[0])
                try await $0.forget(entry)
            }
            #expect(try await idle(keeping: 9) == nil, "an object would")
            #expect(try await idle(keeping: 9, prune: false) != nil)
        }
    }

    @Test func pruneIsLeftOutWhereThePolicySaysSo() async throws {
        try await withStage { stage in
            _ = try await stage.publish("2026-11-20T00:00Z", "2026-11-21T00:00Z")
            stage.plan.rules = RetentionRules(last: 1)
            stage.plan.prune = false
            let report = try #require(try await stage.perform().report as? RetentionReport)
            #expect(report.forget.forgotten.count == 1 && report.prune == nil)
            stage.plan.prune = true
            let again = try #require(try await stage.perform().report as? RetentionReport)
            #expect(again.forget.forgotten.isEmpty && again.prune?.objectsFreed == 1)
        }
    }

    @Test func daysAreThoseOfThePolicysTimeZone() async throws {
        try await withStage { stage in
            // In Berlin the second and the third are of one day, by UTC the first and the second.
            let ids = try await stage.publish("2026-11-20T22:30Z", "2026-11-20T23:30Z", "2026-11-21T22:30Z")
            stage.plan.rules = RetentionRules(daily: 2)
            stage.plan.cadence.timeZone = try ZoneClock("Europe/Berlin")
            let report = try #require(try await stage.perform().report as? RetentionReport)
            #expect(report.forget.forgotten.map(\.id) == [ids[1]])
        }
    }

    @Test func aDamagedSnapshotIsAShortfallAndKeepsPruneFromDeleting() async throws {
        try await withStage { stage in
            let ids = try await stage.publish("2026-11-20T00:00Z", "2026-11-21T00:00Z", "2026-11-22T00:00Z")
            let storage = DirectoryStorage(root: stage.path, time: stage.time)
            let object = try #require(try await storage.all(under: "snapshots").first { $0.path.description.contains("\(ids[0])") })
            try storage.put(Array("{}".utf8), at: object.path, mode: .overwrite)
            stage.plan.rules = RetentionRules(last: 1)
            stage.plan.prune = false
            let ending = try await stage.perform()
            #expect(ending.shortfall?.exitCode == 15 && ending.shortfall?.message.contains(ids[0].short) == true)
            stage.plan.prune = true
            let failing = stage
            await #expect { _ = try await failing.perform() } throws: { "\($0)".contains("nothing is deleted") }
            try storage.delete(object.path)
            _ = try await stage.perform()
        }
    }

    @Test func aKilledOnesLeaseIsNamedAndNotWaitedForInsideTheTurn() async throws {
        try await withStage { stage in
            let ids = try await stage.publish("2026-11-20T00:00Z", "2026-11-21T00:00Z")
            stage.plan.rules = RetentionRules(last: 1)
            let storage = DirectoryStorage(root: stage.path, time: stage.time)
            let time = stage.time
            func putLease(_ sort: String) throws -> Timestamp {
                let now = time.now()
                let until = now.advanced(by: .seconds(300))
                let lease = #"{"holder":"killed","since":"\#(now)","sort":"\#(sort)","until":"\#(until)"}"# + "\n"
                try storage.put(Array(lease.utf8), at: "leases/00000000000000000000000000000000.json", mode: .overwrite)
                return until
            }
            let began = time.uptime()
            let until = try putLease("forgetter")
            let standing = stage
            await #expect { _ = try await standing.perform() } throws: { error in
                let lease = (error as? RepositoryError)?.lease
                return lease?.holder == "killed" && lease?.ends == until.advanced(by: .seconds(30))
            }
            #expect(try await stage.repository().snapshotIDs() == Set(ids))
            for sort in ["pruner", "writer"] {
                _ = try putLease(sort)
                let ending = try await stage.perform()
                #expect(ending.barredBy?.holder == "killed" && ending.shortfall == nil, "\(sort)")
                #expect(ending.summary.hasSuffix("nothing was freed yet"))
                let report = try #require(ending.report as? RetentionReport)
                #expect(report.prune == nil && report.forget.kept.map(\.id) == [ids[1]])
            }
            #expect(time.uptime() - began < .seconds(60), "by the clock that jumps")
            try storage.delete("leases/00000000000000000000000000000000.json")
            let ending = try await stage.perform()
            #expect(ending.barredBy == nil && (ending.report as? RetentionReport)?.prune?.objectsFreed == 1)
        }
    }

    @Test func ofSeveralLineagesOnlyTheClustersOwnIsDecidedAbout() async throws {
        var configuration = SimulatorConfiguration()
        configuration.clusterID = "own"
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await withStage { stage in
                let own = try await stage.publish(of: "own", "2026-11-20T00:00Z", "2026-11-21T00:00Z")
                let others = try await stage.publish(of: "other", "2026-11-20T00:00Z", "2026-11-21T00:00Z")
                stage.plan.rules = RetentionRules(last: 1)
                stage.known = nil
                let away = stage
                await #expect { _ = try await away.perform() } throws: {
                    ($0 as? RecoveryError)?.code == .conflict && "\($0)".contains("2 lineages") && "\($0)".contains("nothing was forgotten")
                }
                #expect(try await stage.repository().snapshotIDs() == Set(own + others))
                stage.servers = cluster.bootstrapServers.split(separator: ",").map(String.init)
                _ = try await stage.perform()
                #expect(try await stage.repository().snapshotIDs() == Set(others + own.suffix(1)))
            }
        }
    }

    @Test func aRepositoryThatIsAnotherClustersLosesNothing() async throws {
        var configuration = SimulatorConfiguration()
        configuration.clusterID = "own"
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await withStage { stage in
                _ = try await stage.publish(of: "other", "2026-11-20T00:00Z", "2026-11-21T00:00Z", "2026-11-22T00:00Z")
                stage.plan.rules = RetentionRules(last: 1)
                stage.servers = cluster.bootstrapServers.split(separator: ",").map(String.init)
                // Whatever somebody thinks to know: the cluster has answered.
                for known in [nil, "other", "own"] {
                    stage.known = known
                    let error = try await stage.refusal()
                    #expect(error?.code == .conflict && error?.hint.contains("a repository of its own") == true)
                    #expect(error?.message.contains("holds snapshots of cluster other, and the cluster at hand is own") == true, "\(error)")
                }
                // One that takes its place is decided about, and the one that it took the place of decides nothing any more.
                _ = try await stage.publish(of: "own", after: "other", "2026-11-23T00:00Z")
                #expect(try await stage.refusal() == nil)
                _ = try await stage.publish(of: "third", after: "own", "2026-11-24T00:00Z")
                #expect(try await stage.refusal()?.message.contains("cluster third took the place of cluster own in ") == true)
            }
        }
    }

    @Test func whileTheClusterIsAwayOnlyWhatIsKnownToBeItsOwnIsForgotten() async throws {
        try await withStage { stage in
            let ids = try await stage.publish("2026-11-20T00:00Z", "2026-11-21T00:00Z")
            stage.plan.rules = RetentionRules(last: 1)
            stage.known = nil
            let error = try await stage.refusal()
            #expect(
                error?.code == .conflict
                    && error?.message.contains("1 lineage, and only the cluster can tell whether it is its own") == true)
            stage.known = "another"
            #expect(try await stage.refusal() != nil)
            stage.known = nil
            let turns = try #require(try await stage.repository().turns(of: "shop"))
            func note(_ id: String, _ addresses: [String]) async throws {
                try await turns.note(
                    JobRecord(began: stage.time.now(), isComplete: false, holder: "an agent", clusterID: id, addresses: addresses),
                    of: "backup")
            }
            // Under the name of a copied policy there is the original's record.
            for (id, addresses) in [("c", []), ("c", ["127.0.0.1:2"]), ("another", ["127.0.0.1:1"])] {
                try await note(id, addresses)
                #expect(try await stage.refusal() != nil, "\(id) at \(addresses)")
            }
            try await note("c", ["127.0.0.1:1"])
            #expect(try await stage.refusal() == nil)
            #expect(try await stage.repository().snapshotIDs() == [ids[1]])
        }
    }

    @Test func aBackupLeavesOnRecordWhatRetentionGoesByLater() async throws {
        try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { cluster in
            try await withStage { stage in
                let servers = cluster.bootstrapServers.split(separator: ",").map(String.init)
                stage.servers = servers.reversed()
                let ending = try await stage.runner().perform(.backup, of: "shop")
                #expect(ending.clusterID != nil && ending.addresses == servers.sorted())
            }
        }
    }
}

/// A clock by which short sleeps take no time; those of a lease's renewal wait for nothing but to be cancelled.
final class JumpingTime: TimeSource {
    private let elapsed = NIOLockedValueBox(Duration.zero)

    func now() -> Timestamp { HostTime().now().advanced(by: elapsed.withLockedValue { $0 }) }
    func uptime() -> Duration { HostTime().uptime() + elapsed.withLockedValue { $0 } }
    func sleep(for duration: Duration) async throws {
        if duration > .seconds(60) {
            let (never, held) = AsyncStream<Void>.makeStream()
            defer { held.finish() }
            for await _ in never {}
        }
        try Task.checkCancellation()
        elapsed.withLockedValue { $0 += duration }
    }
}

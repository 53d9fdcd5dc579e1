import Access
import Bytes
import ClusterFixture
import Foundation
import Host
import KafkaClient
import NIOConcurrencyHelpers
import Policies
import Repository
import Seams
import Storage
import Testing
import Waiting

@testable import Agent

/// An agent at work on a cluster that does not change, with offsets more often than the rest.
@Suite(.serialized) struct OffsetsCadenceTests {
    /// Runs that ended well, by job.
    private final class Runs: Sendable {
        private let counts = NIOLockedValueBox<[Job: Int]>([:])
        let failures = NIOLockedValueBox<[String]>([])

        func note(_ run: Run, _ outcome: Outcome) {
            if outcome == .succeeded { return counts.withLockedValue { $0[run.job, default: 0] += 1 } }
            failures.withLockedValue { $0.append("\(run.job): \(outcome)") }
        }

        func count(_ job: Job) -> Int { counts.withLockedValue { $0[job] ?? 0 } }

        /// A run that was under way when this is called is not counted: each job runs as a whole twice after it.
        func twoMoreOfEach() async throws {
            let before = [Job.backup: count(.backup), .offsets: count(.offsets)]
            try await until("two more runs of each job", atMost: .seconds(180)) {
                count(.backup) >= before[.backup, default: 0] + 3 && count(.offsets) >= before[.offsets, default: 0] + 3
            }
        }
    }

    @Test("no manifest and no page after the first of each; after a change one of each; and both ages are right throughout")
    func unchanged() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tidemark-cadences-\(HostChance().bytes(8).hex)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let repository = try await Repository.initialize(
            DirectoryStorage(root: path, time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, cluster in
            _ = try await source.client.createTopics([NewTopic(name: "orders", partitions: 3, replicationFactor: 1)])
            @Sendable func commit(_ partition: Int32) async throws {
                _ = try await source.client.commitOffsets(
                    group: "payments", [TopicPartition("orders", partition): CommittedOffset(offset: 0, metadata: "")])
            }
            try await commit(0)

            var protected = ProtectedCluster()
            protected.name = "shop"
            protected.repository = path
            protected.bootstrapServers = cluster.bootstrapServers.split(separator: ",").map(String.init)
            var backup = BackupRules()
            backup.cadence.every = .seconds(2)
            backup.offsets = OffsetsRules()
            backup.offsets?.cadence.every = .seconds(1)
            protected.backup = backup
            var policy = Policy()
            policy.clusters = [protected]
            let world = World(time: HostTime(), chance: HostChance(), environment: Environment([:]))
            let engagement = try Engagement(policy, world, toolVersion: "0") { Failure("\($0)", hint: "look.", exitCode: 1) }
            let runs = Runs()
            let time = HostTime()
            var setup = AgentServiceTests.setup { engagement }
            setup.onEnded = { runs.note($0, $1) }
            setup.time = time
            let service = AgentService(setup)

            @Sendable func manifests(_ selection: String) async throws -> Int {
                try await repository.snapshots().count { $0.intact?.selection == selection }
            }
            @Sendable func objects() async throws -> Int { try await repository.size().objects }

            try await AgentServiceTests.running(service) {
                try await runs.twoMoreOfEach()
                let before = try await objects()
                try await runs.twoMoreOfEach()
                #expect(try await (manifests(""), manifests("+consumer-groups")) == (1, 1))
                #expect(try await objects() == before)
                let jobs = try #require(service.status?.clusters.first?.jobs)
                for job in [Job.backup, .offsets] {
                    let status = try #require(jobs[job])
                    let (age, since) = (try #require(status.age), time.now().since(try #require(status.lastSuccess)))
                    #expect(age >= .zero && age < .seconds(30) && (since - age).magnitudeInSeconds < 5, "\(job): \(age), \(since)")
                }
                try await commit(1)
                try await runs.twoMoreOfEach()
                #expect(try await (manifests(""), manifests("+consumer-groups")) == (2, 2))
                _ = try await source.client.createTopics([NewTopic(name: "returns", partitions: 1, replicationFactor: 1)])
                try await runs.twoMoreOfEach()
                #expect(try await (manifests(""), manifests("+consumer-groups")) == (3, 2))
            }
            #expect(runs.failures.withLockedValue { $0 } == [])
        }
        #expect(try await repository.check(readData: true).isSound)
    }
}

extension Duration {
    fileprivate var magnitudeInSeconds: Double { Swift.abs(Double(components.seconds) + Double(components.attoseconds) * 1e-18) }
}

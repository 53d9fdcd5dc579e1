import Bytes
import Host
import KafkaProtocol
import KafkaSimulator
import Testing

@testable import KafkaClient

/// The same calls in the versions of every release from 2.4 on: where a release lacks a call, another one or *unsupported*.
@Suite struct ReleaseTests {
    private static func run(_ release: KafkaRelease, _ body: @Sendable (KafkaClient) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.release = release
        let wanted = configuration
        try await SimulatedCluster.withCluster(wanted, time: HostTime(), chance: HostChance()) { cluster in
            try await TestCluster.withClient(
                ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator")), body)
        }
    }

    @Test(arguments: KafkaRelease.allCases)
    func theClusterIsDescribed(release: KafkaRelease) async throws {
        try await Self.run(release) { client in
            let cluster = try await client.describeCluster()
            #expect(cluster.brokers.map(\.id) == [1, 2, 3])
            #expect(cluster.clusterID != nil && cluster.controllerID != nil)
            let features = try await client.features()
            let isOld = release == .v2_4 || release == .v2_8
            #expect((features == nil) == isOld)
            let version = try await client.version(of: DescribeQuorumRequest.self, at: .broker(1))
            if version == nil {
                let error = await #expect(throws: KafkaError.self) { try await client.describeQuorum() }
                #expect(error?.code == .unsupported && error?.outcome == .notSent)
            } else {
                let quorum = try await client.describeQuorum()
                #expect(!quorum.voters.isEmpty)
            }
            let dirs = try await client.describeLogDirs()
            #expect(dirs.isComplete && dirs.value.count == 3)
            let configs = try await client.describeConfigs([.broker(1), .broker(2), .clusterDefault])
            #expect(configs.isComplete && configs.value.count == 3)
        }
    }

    @Test(arguments: KafkaRelease.allCases)
    func topicsAreMadeChangedAndDeleted(release: KafkaRelease) async throws {
        try await Self.run(release) { client in
            let (a, b) = (ByteString("a"), ByteString("b"))
            let made = try await client.createTopics([
                NewTopic(name: a, partitions: 2, replicationFactor: 2, configs: ["cleanup.policy": "compact"]),
                NewTopic(name: b, partitions: 1, replicationFactor: 1, assignments: [0: [3, 1]]),
            ])
            #expect(made == [a: WriteResult(.done), b: WriteResult(.done)])
            let grown = try await client.createPartitions([NewPartitions(topic: a, totalCount: 4, assignments: [[1, 2], [2, 3]])])
            #expect(grown[a]?.isDone == true)
            let altered = try await client.alterConfigs([
                ConfigChange(.topic(a), ["retention.ms": .set("1000"), "cleanup.policy": .append("delete")])
            ])
            #expect(altered[.topic(a)]?.isDone == true)
            let described = try await client.describeTopics([a, b, "none"])
            #expect(described.map(\.partitions.count) == [4, 1, 0])
            #expect(described[0].partitions[3].replicas == [2, 3])
            #expect(described[1].partitions[0].replicas == [3, 1])
            let configs = try await client.describeConfigs([.topic(a)], includeSynonyms: true)
            guard case .entries(let entries) = configs.value[.topic(a)] else {
                Issue.record("no configs: \(configs)")
                return
            }
            let own = entries.filter { $0.source == .dynamicTopic }
            #expect(own.map(\.name) == ["cleanup.policy", "retention.ms"])
            #expect(own.first?.value == "compact,delete")
            let gone = try await client.deleteTopics([a, b])
            #expect(gone.values.allSatisfy { $0.isDone })
        }
    }

    @Test(arguments: KafkaRelease.allCases)
    func groupsAreReadOneByOneOrTogether(release: KafkaRelease) async throws {
        try await Self.run(release) { client in
            _ = try await client.createTopics([NewTopic(name: "t", partitions: 3, replicationFactor: 3)])
            let offsets = [
                TopicPartition("t", 0): CommittedOffset(offset: 1, metadata: "x\0"),
                TopicPartition("t", 2): CommittedOffset(offset: 9, metadata: ""),
            ]
            for group: ByteString in ["g1", "g2", "g3", "g4"] {
                let written = try await client.commitOffsets(group: group, offsets)
                #expect(written.values.allSatisfy { $0.isDone })
            }
            let listed = try await client.listGroups()
            #expect(listed.isComplete)
            #expect(listed.value.map(\.id) == ["g1", "g2", "g3", "g4"])
            let fetched = try await client.fetchOffsets(listed.value, requireStable: true)
            #expect(fetched.isComplete)
            #expect(fetched.value == ["g1": offsets, "g2": offsets, "g3": offsets, "g4": offsets])
            let named = try await client.fetchOffsets(
                group: "g2", partitions: [TopicPartition("t", 1), TopicPartition("t", 2)], requireStable: true)
            #expect(named.mapValues(\.offset) == [TopicPartition("t", 1): -1, TopicPartition("t", 2): 9])
            let described = try await client.describeGroups(listed.value)
            #expect(described.isComplete)
            #expect(described.value.values.allSatisfy { $0.state == "Empty" && $0.error == .none })
            let record = Record(timestamp: 5, key: nil, value: [1])
            let base = try await client.produce([record], to: TopicPartition("t", 1))
            #expect(base == 0)
            let latest = try await client.listOffsets([TopicPartition("t", 1)], at: .latest)
            #expect(latest.value[TopicPartition("t", 1)]?.offset == 1)
            let records = try await client.fetch(TopicPartition("t", 1), from: 0)
            #expect(try records.records().map(\.record) == [record])
        }
    }
}

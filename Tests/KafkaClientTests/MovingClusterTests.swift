import Bytes
import Host
import KafkaProtocol
import KafkaSimulator
import Testing
import Waiting

@testable import KafkaClient

/// A cluster whose brokers die and whose leaders and coordinators move, under the client.
@Suite struct MovingClusterTests {
    private func run(
        _ change: (inout ClientConfiguration) -> Void = { _ in }, _ body: @Sendable (SimulatedCluster, KafkaClient) async throws -> Void
    ) async throws {
        var changed = ClientConfiguration(bootstrap: [BrokerAddress(host: "127.0.0.1", port: 1)])
        changed.retryBackoff = .milliseconds(2)
        changed.retryBackoffMax = .milliseconds(20)
        changed.connectAttempts = 2
        change(&changed)
        let configuration = changed
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            var configuration = configuration
            configuration.bootstrap = try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator")
            try await TestCluster.withClient(configuration) { try await body(cluster, $0) }
        }
    }

    private static let topic = ByteString("moving")
    private static let partition = TopicPartition(topic, 0)

    private static func makeTopic(_ client: KafkaClient, replicas: Int16 = 3) async throws {
        let made = try await client.createTopics([NewTopic(name: topic, partitions: 6, replicationFactor: replicas)])
        #expect(made[topic]?.isDone == true)
    }

    @Test func recordsReachAPartitionWhoseLeaderHasMoved() async throws {
        try await run { cluster, client in
            try await Self.makeTopic(client)
            let record = Record(timestamp: 1, key: nil, value: [1])
            _ = try await client.produce([record], to: Self.partition)
            for broker: Int32 in [1, 2, 3] {
                #expect(cluster.moveLeader(of: 0, ofTopic: "moving", to: broker))
                _ = try await client.produce([record], to: Self.partition)
                let listed = try await client.listOffsets([Self.partition], at: .latest)
                #expect(listed.value[Self.partition]?.offset == Int64(broker) + 1)
                #expect(listed.isComplete)
            }
        }
    }

    @Test func offsetsAreReadWhenTheirCoordinatorHasMoved() async throws {
        try await run { cluster, client in
            try await Self.makeTopic(client)
            let offsets = [Self.partition: CommittedOffset(offset: 3, metadata: "")]
            for broker: Int32 in [1, 2, 3] {
                let written = try await client.commitOffsets(group: "g", offsets)
                #expect(written[Self.partition]?.isDone == true)
                let listed = try await client.listGroups().value
                #expect(cluster.moveCoordinator(ofGroup: "g", to: broker))
                let fetched = try await client.fetchOffsets(listed, requireStable: true)
                #expect(fetched == Sharded(["g": offsets]))
                let described = try await client.describeGroups(listed)
                #expect(described.value["g"]?.error == ErrorCode.none)
                #expect(described.isComplete)
            }
            #expect(client.statistics.calls[.listOffsets] == nil)
        }
    }

    @Test func aBrokerThatRefusesConnectionsIsAnUnreadPart() async throws {
        try await run { cluster, client in
            try await Self.makeTopic(client)
            cluster.inject(Fault(.refuse, on: 2, times: nil))
            cluster.inject(Fault(.close, of: .listGroups, on: 2, times: nil))
            cluster.inject(Fault(.close, of: .describeLogDirs, on: 2, times: nil))
            cluster.inject(Fault(.close, of: .describeConfigs, on: 2, times: nil))
            cluster.inject(Fault(.close, of: .listOffsets, on: 2, times: nil))
            let groups = try await client.listGroups()
            #expect(groups.unread.map(\.broker) == [2])
            #expect(groups.unread.first?.error.api == .listGroups)
            let dirs = try await client.describeLogDirs()
            #expect(dirs.value.keys.sorted() == [1, 3])
            #expect(dirs.unread.map(\.broker) == [2])
            let configs = try await client.describeConfigs([.broker(1), .broker(2), .broker(3)])
            #expect(configs.value.keys.sorted() == [.broker(1), .broker(3)])
            #expect(configs.unread.map(\.broker) == [2])
            let partitions = (0..<6).map { TopicPartition(Self.topic, $0) }
            let offsets = try await client.listOffsets(partitions, at: .latest)
            #expect(offsets.unread.map(\.broker) == [2])
            let led = try await client.describeTopics([Self.topic])[0].partitions.filter { $0.leader == 2 }.map(\.index)
            #expect(Set(partitions.map(\.partition)).subtracting(offsets.value.keys.map(\.partition)) == Set(led))
        }
    }

    @Test func aBrokerThatDiesAndComesBackIsFoundAgain() async throws {
        try await run { cluster, client in
            try await Self.makeTopic(client)
            for _ in 0..<3 {
                await cluster.killBroker(2)
                let alive = try await client.describeCluster().brokers.map(\.id)
                #expect(alive == [1, 3])
                try await cluster.restartBroker(2)
                let dirs = try await client.describeLogDirs()
                #expect(dirs.isComplete)
                #expect(dirs.value.keys.sorted() == [1, 2, 3])
            }
        }
    }

    @Test func anAnswerThatIsCutShortIsAskedForAgain() async throws {
        try await run { cluster, client in
            for length in [1, 3, 4, 5, 20] {
                cluster.inject(Fault(.cut(afterBytes: length), of: .describeCluster))
                let brokers = try await client.describeCluster().brokers
                #expect(brokers.count == 3)
            }
            #expect(client.statistics.retries == 5)
        }
    }

    @Test(arguments: [ErrorCode.coordinatorLoadInProgress, .coordinatorNotAvailable])
    func groupsOfACoordinatorThatIsLoadingAreWaitedFor(code: ErrorCode) async throws {
        try await run { cluster, client in
            cluster.inject(Fault(.error(code), of: .listGroups, times: 3))
            let groups = try await client.listGroups()
            #expect(groups.isComplete)
            #expect(client.statistics.retries == 3)
        }
    }

    @Test func aCallThatIsForbiddenIsSaidSoAndNotRepeated() async throws {
        try await run { cluster, client in
            cluster.inject(Fault(.error(.clusterAuthorizationFailed), of: .describeCluster))
            let error = await #expect(throws: KafkaError.self) { try await client.describeCluster() }
            #expect(error?.code.isNotAuthorized == true)
            #expect(error?.outcome == .answered)
            #expect(error?.hint.contains("right") == true)
            #expect(client.statistics.retries == 0)
        }
    }

    @Test func anIdleConnectionIsClosedAndTheNextCallOpensAnother() async throws {
        try await run({ $0.connectionsMaxIdle = .milliseconds(30) }) { _, client in
            _ = try await client.describeCluster()
            let connection = try #require(client.state.withLockedValue { $0.connections.values.first })
            try await until("the connection is retired") { !connection.isOpenForCalls }
            _ = try await client.describeCluster()
            #expect(client.statistics.connectionsOpened == 2)
            #expect(client.statistics.retries == 0)
        }
    }

    @Test func manyCallsAtOnceShareOneConnectionABroker() async throws {
        try await run { _, client in
            try await Self.makeTopic(client)
            let before = client.statistics.connectionsOpened
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { _ = try await client.describeTopics([Self.topic]) } }
                try await group.waitForAll()
            }
            #expect(client.statistics.connectionsOpened - before <= 1)
            #expect(client.statistics.calls[.metadata, default: 0] >= 100)
        }
    }

    @Test func theNumberOfCallsGrowsWithBrokersAndThousandsOfTopicsOnly() async throws {
        try await run { cluster, client in
            let topics = (0..<1200).map { ByteString("many-\($0)") }
            let made = try await client.createTopics(topics.map { NewTopic(name: $0, partitions: 2, replicationFactor: 1) })
            #expect(made.values.filter(\.isDone).count == 1200)
            cluster.resetCallCounts()
            let described = try await client.describeTopics()
            let partitions = described.flatMap { topic in topic.partitions.map { TopicPartition(topic.name, $0.index) } }
            #expect(partitions.count >= 2400)
            let latest = try await client.listOffsets(partitions, at: .latest)
            #expect(latest.isComplete && latest.value.count == partitions.count)
            let configs = try await client.describeConfigs(topics.map { .topic($0) })
            #expect(configs.isComplete && configs.value.count == 1200)
            let counts = cluster.callCounts
            #expect(counts[.metadata] == 1)
            #expect(counts[.listOffsets] == 3)
            #expect(counts[.describeConfigs] == 2)
        }
    }
}

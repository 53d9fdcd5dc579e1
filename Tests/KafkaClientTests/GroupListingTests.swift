import Bytes
import Host
import KafkaProtocol
import KafkaSimulator
import Testing
import Waiting

@testable import KafkaClient

/// A group whose coordinator moves while the brokers are asked is in somebody's list, or said to be missing.
@Suite struct GroupListingTests {
    private typealias Leader = GroupCoverage.Leader

    @Test func aPartitionIsCoveredWhereItsLeaderSaysSoBeforeAndAfterItsList() {
        var coverage = GroupCoverage()
        coverage.listed(1, before: [0: Leader(broker: 1, epoch: 4)], after: [0: Leader(broker: 1, epoch: 4)])
        #expect(coverage.moved.isEmpty && coverage.unread.isEmpty)
    }

    @Test(
        arguments: [
            // Led by another broker afterwards, in another epoch, or only afterwards.
            ([0: (1, 4)], [0: (2, 5)]), ([0: (1, 4)], [0: (1, 6)]), ([0: (2, 4)], [0: (1, 5)]), ([:], [0: (1, 4)]),
        ] as [([Int32: (Int32, Int32)], [Int32: (Int32, Int32)])])
    func aPartitionThatMovesIsNotCovered(before: [Int32: (Int32, Int32)], after: [Int32: (Int32, Int32)]) {
        var coverage = GroupCoverage()
        coverage.listed(
            1, before: before.mapValues { Leader(broker: $0.0, epoch: $0.1) }, after: after.mapValues { Leader(broker: $0.0, epoch: $0.1) })
        #expect(coverage.moved == [0])
        #expect(coverage.unread.count == 1)
    }

    @Test func whatAStaleBrokerSaysOfOthersProvesNothing() {
        var coverage = GroupCoverage()
        // Broker 1 has resigned and does not know who leads now; broker 3 still believes in broker 1.
        coverage.listed(3, before: [0: Leader(broker: 1, epoch: 4)], after: [0: Leader(broker: 1, epoch: 4)])
        coverage.listed(1, before: [0: Leader(broker: 2, epoch: 5)], after: [0: Leader(broker: 2, epoch: 5)])
        #expect(coverage.moved == [0])
        coverage.listed(2, before: [0: Leader(broker: 2, epoch: 5)], after: [0: Leader(broker: 2, epoch: 5)])
        #expect(coverage.moved.isEmpty)
    }

    @Test func whatABrokerLeadsThatGaveNoListIsSaidOnceAndNotWaitedFor() {
        var coverage = GroupCoverage()
        coverage.listed(
            1, before: [0: Leader(broker: 2, epoch: 1)], after: [0: Leader(broker: 2, epoch: 1), 1: Leader(broker: nil, epoch: 3)])
        coverage.failed(2)
        #expect(coverage.moved.isEmpty)
        #expect(coverage.leaderless == [1])
        #expect(coverage.unread.map(\.subject) == ["the groups of 1 of 2 partitions of __consumer_offsets"])
    }

    /// A broker may name any number for a partition: what lies below it is counted, and not laid out.
    @Test func aPartitionOfTheGreatestNumberLeavesAllBelowItOutAndCostsNothing() throws {
        let leader = Leader(broker: 1, epoch: 1)
        let last = Int32.max
        var coverage = GroupCoverage()
        coverage.listed(1, before: [1: leader, last: leader], after: [1: leader, last: leader])
        let part = try #require(coverage.unread.first)
        #expect(coverage.unread.count == 1)
        #expect(part.subject == "the groups of 2147483646 of 2147483648 partitions of __consumer_offsets")
        #expect(part.error.cause == "metadata leaves out partition 0, 2 to 2147483646 of __consumer_offsets")
        #expect(GroupCoverage().untold == nil)
        #expect(MissingIndexes(of: [-1, 0, 1, 4, 6]).description == "2, 3, 5")
        #expect(MissingIndexes(of: []).description == "0" && MissingIndexes(of: [0, 1]).isEmpty)
    }

    @Test func aGroupThatMovesBetweenTwoBrokersAnswersIsListedAllTheSame() async throws {
        try await onACluster { cluster, client in
            #expect(cluster.moveCoordinator(ofGroup: "wanderer", to: 2))
            _ = try await client.listGroups()
            cluster.resetCallCounts()
            cluster.inject(Fault(.hold, of: .listGroups, on: 2, times: nil))
            let listed = try await withThrowingTaskGroup(of: Sharded<[ListedGroup]>?.self) { group in
                group.addTask { try await client.listGroups() }
                group.addTask {
                    // Once for all, once by each broker before its list, and by the two that have given theirs.
                    try await until("brokers 1 and 3 have given their lists") { cluster.callCounts[.metadata] == 6 }
                    #expect(cluster.moveCoordinator(ofGroup: "wanderer", to: 1))
                    cluster.clearFaults()
                    return nil
                }
                var found: Sharded<[ListedGroup]>?
                for try await listed in group { found = listed ?? found }
                return try #require(found)
            }
            #expect(listed.isComplete, "\(listed.unread)")
            #expect(listed.value.map(\.id) == ["homebody", "wanderer"])
            #expect(listed.value.last?.coordinator == 1)
            #expect(cluster.callCounts[.listGroups] == 6)
        }
    }

    @Test func theNumberOfCallsDoesNotGrowWithGroupsAndNoTopicIsMade() async throws {
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await TestCluster.withClient(
                ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator"))
            ) { client in
                let listed = try await client.listGroups()
                #expect(listed == Sharded([]))
                let topics = try await client.describeTopics()
                #expect(topics.isEmpty)
            }
        }
        try await onACluster { cluster, client in
            _ = try await client.listGroups()
            var counts: [[APIKey: Int]] = []
            for round in 0..<2 {
                for number in 0..<(round * 20) { try await Self.commit(ByteString("many-\(number)"), client) }
                cluster.resetCallCounts()
                let listed = try await client.listGroups()
                #expect(listed.value.count == 2 + round * 20)
                counts.append(cluster.callCounts)
            }
            #expect(counts[0] == [.metadata: 7, .listGroups: 3])
            #expect(counts[1] == counts[0])
        }
    }

    private static func commit(_ group: ByteString, _ client: KafkaClient) async throws {
        let written = try await client.commitOffsets(group: group, [TopicPartition("plain", 0): CommittedOffset(offset: 1, metadata: "")])
        #expect(written[TopicPartition("plain", 0)]?.isDone == true)
    }

    private func onACluster(_ body: @Sendable (SimulatedCluster, KafkaClient) async throws -> Void) async throws {
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await TestCluster.withClient(
                ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator"))
            ) { client in
                let made = try await client.createTopics([NewTopic(name: "plain", partitions: 1, replicationFactor: 3)])
                #expect(made["plain"]?.isDone == true)
                for group: ByteString in ["wanderer", "homebody"] { try await Self.commit(group, client) }
                try await body(cluster, client)
            }
        }
    }
}

import Bytes
import ClusterFixture
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import SnapshotModel
import Testing

@testable import Resources

/// While a partition moves to other brokers, metadata lists its old and new replicas together: nobody wants them all.
@Suite(.timeLimit(.minutes(2))) struct ReplicaMovesTests {
    private static func simulated(
        withheld: Set<APIKey> = [], _ body: @Sendable (Source, SimulatedCluster) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1, 2, 3, 4, 5, 6]
        configuration.reassignmentDuration = .seconds(600)
        configuration.withheldCalls = withheld
        try await ClusterFixture.simulated(configuration, body)
    }

    private static func make(_ topic: ByteString, _ client: KafkaClient) async throws {
        let made = try await client.createTopics([NewTopic(name: topic, partitions: 2, replicationFactor: 3)])
        #expect(made[topic]?.isDone == true)
    }

    private static func move(_ topic: ByteString, to replicas: [Int32], _ client: KafkaClient) async throws {
        var partition = AlterPartitionReassignmentsRequest.ReassignableTopic.ReassignablePartition()
        partition.partitionIndex = 0
        partition.replicas = replicas
        var asked = AlterPartitionReassignmentsRequest.ReassignableTopic()
        asked.name = topic
        asked.partitions = [partition]
        var request = AlterPartitionReassignmentsRequest()
        request.topics = [asked]
        let answer = try await client.send(request, to: .controller, failure: { $0.errorCode })
        #expect(answer.responses.first?.partitions.first?.errorCode == ErrorCode.none)
    }

    @Test func whatIsWantedIsCapturedAndTheMoveIsEvidence() async throws {
        try await Self.simulated { source, cluster in
            try await Self.make("orders", source.client)
            let topic = try #require(try await source.client.describeTopics(["orders"]).first)
            let before = topic.partitions[0].replicas
            let target = (Int32(1)...6).filter { !before.contains($0) }
            try await Self.move("orders", to: target, source.client)
            let meanwhile = try #require(try await source.client.describeTopics(["orders"]).first)
            #expect(meanwhile.partitions[0].replicas.count == 6)

            cluster.resetCallCounts()
            let seen = try await TopicsKind().observe(Sweep(source))
            #expect(seen.state.isStable && seen.evidenceState.isStable, "\(seen.state) \(seen.evidenceState)")
            let document = try TopicDocument(try #require(seen.desired.first))
            #expect(document.replicationFactor == 3)
            #expect(document.assignment == [target, topic.partitions[1].replicas])
            let moves = try #require(seen.evidence.first?.body["reassigning"])
            func list(_ brokers: [Int32]) -> JSON { .array(brokers.map { .integer(Int64($0)) }) }
            #expect(moves["0"]?["adding"] == list(target) && moves["0"]?["removing"] == list(before) && moves["1"] == nil, "\(moves)")
            #expect(cluster.callCounts[.listPartitionReassignments] == 1)
        }
    }

    @Test func aTopicOnNoWayHasNoWordOfIt() async throws {
        try await Self.simulated { source, _ in
            try await Self.make("orders", source.client)
            let seen = try await TopicsKind().observe(Sweep(source))
            #expect(seen.state.isStable && seen.evidence.first?.body["reassigning"] == nil)
        }
    }

    /// Without the right to ask, a replica that is not in sync may be one of a reassignment; where all are in sync there is none.
    @Test func whereNobodyTellsTheSectionIsLimitedOnlyWhereItMatters() async throws {
        try await Self.simulated { source, cluster in
            try await Self.make("orders", source.client)
            cluster.inject(Fault(.error(.clusterAuthorizationFailed), of: .listPartitionReassignments, times: nil))
            let healthy = try await TopicsKind().observe(Sweep(source))
            #expect(healthy.state.isStable, "\(healthy.state)")
            let holder = try #require(try await source.client.describeTopics(["orders"]).first?.partitions[0].replicas.last)
            await cluster.killBroker(holder)
            let lagging = try await TopicsKind().observe(Sweep(source))
            #expect(lagging.state.limited?.contains("reassignment under way (topic orders)") == true, "\(lagging.state)")
        }
    }

    @Test func aServiceWithoutTheCallIsNoTrouble() async throws {
        try await Self.simulated(withheld: [.alterPartitionReassignments, .listPartitionReassignments]) { source, _ in
            try await Self.make("orders", source.client)
            let seen = try await TopicsKind().observe(Sweep(source))
            #expect(seen.state.isStable, "\(seen.state)")
        }
    }

    @Test func whatIsDoubtfulIsSaidByTheReason() {
        func topic(_ name: ByteString, inSync: [Int32], isInternal: Bool = false) -> TopicDescription {
            TopicDescription(
                name: name, isInternal: isInternal,
                partitions: [PartitionDescription(index: 0, leader: 1, replicas: [1, 2, 3], inSyncReplicas: inSync)])
        }
        func judged(_ account: ReplicaMoves.Account, _ topics: [TopicDescription]) -> SectionState {
            var state = SectionState.stable
            ReplicaMoves(account).judge(topics, &state)
            return state
        }
        let whole = [topic("a", inSync: [3, 1, 2])]
        let lagging = [topic("a", inSync: [1, 2]), topic("b", inSync: [1, 2, 3]), topic("c", inSync: [1])]
        let ofItself = [topic("__consumer_offsets", inSync: [1], isInternal: true)]
        for account in [ReplicaMoves.Account.told([:]), .withheld("without it"), .failed("no controller")] {
            #expect(judged(account, whole).isStable && judged(account, ofItself).isStable && judged(account, []).isStable, "\(account)")
        }
        #expect(judged(.told([:]), lagging).isStable)
        #expect(judged(.withheld("without it"), lagging).limited?.hasSuffix("(topic a and 1 more)") == true)
        #expect(
            judged(.failed("no controller"), lagging).unread == [
                SectionState.UnreadPart(what: "reassignments under way (topic a and 1 more)", why: "no controller")
            ])
    }

    @Test func theTargetIsWhatStaysInTheOrderOfTheAssignment() {
        let move = PartitionReassignment(replicas: [5, 1, 4, 2], adding: [5, 4], removing: [2])
        #expect(move.target == [5, 1, 4])
    }
}

import Bytes
import ClusterFixture
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import SnapshotModel
import Testing

@testable import Resources

/// Positions that transactions hold back are read once they hold, or told as unread: never left out silently.
@Suite struct HeldPositionTests {
    @Test(arguments: [
        // As a real broker keeps them; the second hash is negative, the third has no magnitude.
        (ByteString("settlement"), Int32(49)), ("audit-next-gen", 20), ("polygenelubricants", 0), ("", 0),
    ])
    func groupsLiveWhereJavaWouldPutThem(_ group: ByteString, _ partition: Int32) {
        #expect(group.offsetsPartition(of: 50) == partition)
    }

    // The second group's hash is negative.
    @Test(arguments: [ByteString("settlement"), "audit-next-gen"])
    func aFirstCommitThatIsPendingIsAnUnreadPartAndTakesNoRightOnTransactions(_ group: ByteString) async throws {
        try await ClusterFixture.simulated { source, cluster in
            let till = try await Till(source, group)
            try await till.send(7)
            cluster.resetCallCounts()
            let seen = try await ConsumerGroupsKind().observe(Sweep(source))
            #expect(seen.desired.isEmpty)
            #expect(seen.state.unread.map(\.why) == ["its first commit is pending in a transaction"], "\(seen.state.unread)")
            #expect(seen.state.limited == nil)
            #expect(cluster.callCounts[.listTransactions] == nil)
            try await till.end(commit: true)
            let after = try await ConsumerGroupsKind().observe(Sweep(source))
            #expect(after.state.isStable, "\(after.state)")
            #expect(after.desired.map(\.id) == [ResourceID(group, "sales")])
        }
    }

    @Test func commitsOfAGroupThatIsNotShownAreAnUnreadPart() async throws {
        try await ClusterFixture.simulated { source, _ in
            let till = try await Till(source, "settlement")
            try await till.send(7)
            let listed = try await source.client.listGroups().value
            for (group, result) in try await source.client.deleteGroups(listed) { #expect(result.isDone, "\(group)") }
            let seen = try await ConsumerGroupsKind().observe(Sweep(source))
            let part = try #require(seen.state.unread.first)
            #expect(seen.state.unread.count == 1)
            #expect(part.what == "some positions of groups kept in partition 49 of __consumer_offsets")
            #expect(part.why.contains("till-settlement"))
            try await till.end(commit: false)
            let after = try await ConsumerGroupsKind().observe(Sweep(source))
            #expect(after.state.isStable, "\(after.state)")
        }
    }

    @Test func withoutARightOnTheOffsetsTopicTheSectionIsLimited() async throws {
        try await ClusterFixture.simulated { source, cluster in
            let till = try await Till(source, "settlement")
            try await till.send(7)
            cluster.inject(Fault(.error(.topicAuthorizationFailed), of: .listOffsets, times: nil))
            let seen = try await ConsumerGroupsKind().observe(Sweep(source))
            #expect(seen.state.limited?.contains("__consumer_offsets") == true)
            // What the user is shown of transactions still finds the pending one.
            #expect(seen.state.unread.map(\.why) == ["its first commit is pending in a transaction"])
        }
    }

    @Test func aPositionOnAnInternalTopicIsEvidenceAndNotDesired() async throws {
        try await ClusterFixture.simulated { source, _ in
            let till = try await Till(source, "settlement")
            try await till.send(1)
            try await till.end(commit: true)
            let offsets = [TopicPartition("__consumer_offsets", 3): CommittedOffset(offset: 9, metadata: "")]
            let written = try await source.client.commitOffsets(group: "monitor", offsets)
            for (partition, result) in written { #expect(result.isDone, "\(partition)") }
            let seen = try await ConsumerGroupsKind().observe(Sweep(source))
            #expect(seen.state.isStable)
            #expect(seen.desired.map(\.id) == [ResourceID("settlement", "sales")])
            let recorded = try #require(seen.evidence.first { $0.id == ResourceID("monitor", "__consumer_offsets") })
            #expect(recorded.isOfInternalTopic)
            #expect(recorded.body["offsets"] == .array([.integer(9)]))
            #expect(recorded.body["partitions"] == .array([.integer(3)]))
        }
    }
}

/// A transactional producer that commits one group's positions, by bare calls.
private struct Till {
    let client: KafkaClient
    let group: ByteString
    let id: ByteString
    let coordinator: Int32
    let producer: InitProducerIdResponse

    init(_ source: Source, _ group: ByteString) async throws {
        client = source.client
        self.group = group
        id = "till-" + group
        let made = try await client.createTopics([NewTopic(name: "sales", partitions: 2, replicationFactor: 3)])
        #expect(made["sales"]?.isDone == true)
        coordinator = try await Self.coordinator(of: id, type: 1, client)
        var request = InitProducerIdRequest()
        request.transactionalId = id
        request.transactionTimeoutMs = 600_000
        producer = try await client.send(request, to: .broker(coordinator), failure: { $0.errorCode })
    }

    func send(_ offset: Int64) async throws {
        var request = TxnOffsetCommitRequest()
        request.transactionalId = id
        request.groupId = group
        request.producerId = producer.producerId
        request.producerEpoch = producer.producerEpoch
        var topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
        topic.name = "sales"
        var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic.TxnOffsetCommitRequestPartition()
        partition.committedOffset = offset
        partition.committedMetadata = ""
        topic.partitions = [partition]
        request.topics = [topic]
        let home = try await Self.coordinator(of: group, type: 0, client)
        let answer = try await client.send(request, to: .broker(home))
        #expect(answer.topics.first?.partitions.first?.errorCode == ErrorCode.none)
    }

    func end(commit: Bool) async throws {
        var request = EndTxnRequest()
        request.transactionalId = id
        request.producerId = producer.producerId
        request.producerEpoch = producer.producerEpoch
        request.committed = commit
        _ = try await client.send(request, to: .broker(coordinator), failure: { $0.errorCode })
    }

    private static func coordinator(of key: ByteString, type: Int8, _ client: KafkaClient) async throws -> Int32 {
        var request = FindCoordinatorRequest()
        request.keyType = type
        request.coordinatorKeys = [key]
        let answer = try await client.send(request, to: .anyBroker, failure: { $0.coordinators.first?.errorCode ?? $0.errorCode })
        return try #require(answer.coordinators.first?.nodeId)
    }
}

import Bytes
import Host
import KafkaProtocol
import Testing
import Waiting

@testable import KafkaClient

/// Groups that have members, made by hand from the calls that consumers use.
@Suite struct GroupMembersTests {
    private static func makeTopic(_ client: KafkaClient, _ topic: ByteString) async throws {
        _ = try await client.createTopics([NewTopic(name: topic, partitions: 2, replicationFactor: 1)])
        try await until("the topic is visible") { try await client.describeTopics([topic])[0].partitions.count == 2 }
    }

    /// The consumer protocol's bytes, version 0: topics, each with partitions where it is an assignment.
    private static func bytes(_ topic: ByteString, partitions: [Int32]?) -> Blob {
        func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
        let head = big(Int16(0)) + big(Int32(1)) + big(Int16(topic.count)) + topic.bytes
        let assigned = partitions.map { big(Int32($0.count)) + $0.flatMap { big($0) } } ?? []
        return Blob(head + assigned + big(Int32(-1)))
    }

    private static func join(_ client: KafkaClient, _ group: ByteString, _ topic: ByteString) async throws -> JoinGroupResponse {
        var request = JoinGroupRequest()
        request.groupId = group
        request.sessionTimeoutMs = 30_000
        request.rebalanceTimeoutMs = 30_000
        request.protocolType = "consumer"
        var offered = JoinGroupRequest.JoinGroupRequestProtocol()
        offered.name = "range"
        offered.metadata = bytes(topic, partitions: nil)
        request.protocols = [offered]
        // The first answer gives the member its id (KIP-394), the second lets it in.
        request.memberId = try await client.send(request, to: .groupCoordinator(group), failure: { $0.errorCode.onlyCoordinator }).memberId
        return try await client.send(request, to: .groupCoordinator(group), failure: { $0.errorCode.onlyCoordinator })
    }

    @Test func aClassicGroupsMemberIsDescribedWithItsAssignmentAndKeepsCommitsOut() async throws {
        try await TestCluster.run { client, prefix in
            let (topic, group) = (ByteString("\(prefix)joined"), ByteString("\(prefix)classic"))
            try await Self.makeTopic(client, topic)
            let joined = try await Self.join(client, group, topic)
            #expect(joined.errorCode == .none)
            var sync = SyncGroupRequest()
            sync.groupId = group
            sync.memberId = joined.memberId
            sync.generationId = joined.generationId
            var assignment = SyncGroupRequest.SyncGroupRequestAssignment()
            assignment.memberId = joined.memberId
            assignment.assignment = Self.bytes(topic, partitions: [0, 1])
            sync.assignments = [assignment]
            if let name = joined.protocolName {
                sync.protocolType = "consumer"
                sync.protocolName = name
            }
            let synced = try await client.send(sync, to: .groupCoordinator(group))
            #expect(synced.errorCode == .none)

            let listed = try #require(try await client.listGroups().value.first { $0.id == group })
            #expect(listed.protocolType == "consumer")
            let described = try #require(try await client.describeGroups([listed]).value[group])
            #expect(described.state == "Stable")
            #expect(described.protocolName == "range")
            #expect(described.type == "classic")
            #expect(described.members.map(\.id) == [joined.memberId])
            #expect(described.members[0].clientID == "tidemark")
            #expect(described.members[0].assignment == [TopicPartition(topic, 0), TopicPartition(topic, 1)])

            let refused = try await client.commitOffsets(group: group, [TopicPartition(topic, 0): CommittedOffset(offset: 1)])
            #expect(refused[TopicPartition(topic, 0)] == WriteResult(.refused, error: .unknownMemberId))
            let busy = try await client.deleteGroups([listed])
            #expect(busy[group]?.error == .nonEmptyGroup)
        }
    }

    @Test func aMemberOfTheNewerProtocolIsDescribedByItsOwnCall() async throws {
        try await TestCluster.run { client, prefix in
            let (topic, group) = (ByteString("\(prefix)joined"), ByteString("\(prefix)newer"))
            try await Self.makeTopic(client, topic)
            var heartbeat = ConsumerGroupHeartbeatRequest()
            heartbeat.groupId = group
            heartbeat.memberId = ByteString(KafkaUUID(high: 1, low: 2).description)
            heartbeat.rebalanceTimeoutMs = 30_000
            heartbeat.subscribedTopicNames = [topic]
            heartbeat.topicPartitions = []
            let joining = heartbeat
            let joined = try await client.send(joining, to: .groupCoordinator(group), failure: { $0.errorCode.onlyCoordinator })
            #expect(joined.errorCode == .none)

            let listed = try #require(try await client.listGroups().value.first { $0.id == group })
            #expect(listed.isConsumerType)
            var epoch = joined.memberEpoch
            try await until("the member has its partitions") {
                // A coordinator that hears of the topic late assigns it at a later heartbeat, which a member always sends.
                var next = ConsumerGroupHeartbeatRequest()
                next.groupId = group
                next.memberId = joined.memberId ?? joining.memberId
                next.memberEpoch = epoch
                let sent = next
                let beat = try await client.send(sent, to: .groupCoordinator(group), failure: { $0.errorCode.onlyCoordinator })
                #expect(beat.errorCode == .none)
                epoch = beat.memberEpoch
                let described = try await client.describeGroups([listed])
                guard described.isComplete, let own = described.value[group], own.type == "consumer", let member = own.members.first else {
                    return false
                }
                return member.subscription == [topic]
                    && member.assignment == [TopicPartition(topic, 0), TopicPartition(topic, 1)]
            }
            let leaving: ConsumerGroupHeartbeatRequest = {
                var last = joining
                last.memberEpoch = -1
                last.memberId = joined.memberId ?? joining.memberId
                return last
            }()
            _ = try await client.send(leaving, to: .groupCoordinator(group))
        }
    }

    @Test func aGroupThatNobodyKnowsIsAnErrorOfThatGroup() async throws {
        try await TestCluster.run { client, prefix in
            let group = ByteString("\(prefix)nobody")
            let error = await #expect(throws: KafkaError.self) {
                try await client.fetchOffsets(group: group, partitions: [TopicPartition("t", 0)], requireStable: true)
            }
            #expect(error?.code == .brokerError(.groupIdNotFound))
            #expect(error?.message.contains("\(group)") == true)
        }
    }
}

extension ErrorCode {
    /// What concerns the coordinator is retried; a new member's MEMBER_ID_REQUIRED is the answer that is looked for.
    fileprivate var onlyCoordinator: ErrorCode { concernsCoordinator ? self : .none }
}

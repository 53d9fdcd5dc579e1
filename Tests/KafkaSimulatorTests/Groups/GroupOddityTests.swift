import Bytes
import KafkaProtocol
import Testing
import Waiting

/// Odd requests about groups, and what they come to. The expectations are a real Apache Kafka 4.1's: with
/// `TIDEMARK_TEST_BOOTSTRAP` set the same tests run against that cluster.
@Suite struct GroupOddityTests {
    @Test func commitsThatAreRefused() async throws {
        try await OddClient.run { odd in
            let long = ByteString(bytes: Array(repeating: UInt8(ascii: "m"), count: 4096))
            let accents = ByteString(String(repeating: "\u{E9}", count: 4096))
            let faces = ByteString(String(repeating: "\u{1F600}", count: 2049))
            #expect(try await odd.commit(metadata: long) == [0], "4,096 letters")
            #expect(try await odd.commit(metadata: long + "m") == [12], "4,097 letters")
            #expect(try await odd.commit(metadata: accents) == [0], "4,096 letters of two bytes: characters are counted, not bytes")
            #expect(try await odd.commit(metadata: faces) == [12], "2,049 letters of two UTF-16 code units")
            #expect(try await odd.commit(partitions: [0, 7]) == [3, 0], "a partition that is not there comes first")
            #expect(try await odd.commit("ghost", generation: 4) == [25], "a stranger to an empty group")
            #expect(try await odd.commit("", generation: 4) == [25], "nobody with a generation")
            #expect(try await odd.commit("ghost", generation: -1) == [0], "a name without a generation, while nobody is in")
            #expect(try await odd.commit("ghost", generation: 4, suffix: "absent") == [69], "a stranger to no group")
            #expect(try await odd.commit("ghost", generation: 4, suffix: "absent", atMost: 8) == [22], "the same before version 9")
            let note = ByteString(bytes: Array(repeating: UInt8(ascii: "n"), count: 100))
            let many = try await odd.commit(metadata: note, partitions: Array(repeating: 0, count: 9000))
            #expect(many.count == 9000)
            #expect(Set(many) == [-1], "more than fits into a batch")
            #expect(Set(try await odd.commit(partitions: Array(repeating: 0, count: 9000))) == [0], "as many, but smaller")
            #expect(try await odd.fetch().map(\.committedOffset) == [5])
        }
    }

    @Test func strangersToNoGroup() async throws {
        try await OddClient.run { odd in
            var beat = HeartbeatRequest()
            beat.groupId = odd.group("absent")
            beat.memberId = "ghost"
            #expect(try await odd.send(beat, about: "absent").errorCode == .unknownMemberId)
            var sync = SyncGroupRequest()
            sync.groupId = odd.group("absent")
            sync.memberId = "ghost"
            #expect(try await odd.send(sync, about: "absent", atMost: 4).errorCode == .unknownMemberId)
            #expect(
                try await odd.send(sync, about: "absent").errorCode == .inconsistentGroupProtocol,
                "version 5 must name the protocol (KIP-559)")
            var leave = LeaveGroupRequest()
            leave.groupId = odd.group("absent")
            var member = LeaveGroupRequest.MemberIdentity()
            member.memberId = "ghost"
            leave.members = [member]
            let left = try await odd.send(leave, about: "absent")
            #expect(left.errorCode == .none)
            #expect(left.members.map(\.errorCode) == [.unknownMemberId])
            var older = LeaveGroupRequest()
            older.groupId = odd.group("absent")
            older.memberId = "ghost"
            #expect(try await odd.send(older, about: "absent", atMost: 2).errorCode == .unknownMemberId)
            var delete = DeleteGroupsRequest()
            delete.groupsNames = [odd.group("absent")]
            #expect(try await odd.send(delete, about: "absent").results.map(\.errorCode) == [.groupIdNotFound])
            #expect(try await odd.join(suffix: "absent", member: "ghost").errorCode == .unknownMemberId)
            #expect(try await odd.join(suffix: nil).errorCode == .invalidGroupId)
            #expect(try await odd.join(suffix: "absent", session: 5_999).errorCode == .invalidSessionTimeout)
            #expect(try await odd.join(suffix: "absent", protocols: [], version: 3).errorCode == .inconsistentGroupProtocol)
        }
    }

    @Test func positionsThatAreDeleted() async throws {
        try await OddClient.run { odd in
            _ = try await odd.commit(partitions: [0, 1])
            var request = OffsetDeleteRequest()
            request.groupId = odd.group()
            request.topics = [(odd.topic, [Int32(0), 2, 9]), (odd.topic + "-missing", [0])].map { name, partitions in
                var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
                topic.name = name
                topic.partitions = partitions.map {
                    var partition = OffsetDeleteRequest.OffsetDeleteRequestTopic.OffsetDeleteRequestPartition()
                    partition.partitionIndex = $0
                    return partition
                }
                return topic
            }
            let answer = try await odd.send(request)
            #expect(answer.errorCode == .none)
            let codes = Dictionary(uniqueKeysWithValues: answer.topics.map { ($0.name, $0.partitions.map(\.errorCode.rawValue).sorted()) })
            #expect(codes == [odd.topic: [0, 0, 3], odd.topic + "-missing": [3]])
            #expect(try await odd.fetch().map(\.partitionIndex) == [1])
        }
    }

    @Test func filtersOfTheList() async throws {
        try await OddClient.run { odd in
            _ = try await odd.commit()
            func listed(_ states: [ByteString], _ types: [ByteString]) async throws -> [ByteString] {
                var request = ListGroupsRequest()
                request.statesFilter = states
                request.typesFilter = types
                return try await odd.send(request).groups.filter { $0.groupId == odd.group() }.map(\.groupType)
            }
            #expect(try await listed(["Empty"], []) == ["classic"])
            #expect(try await listed(["eMPTY"], []) == ["classic"])
            #expect(try await listed(["Stable"], []) == [])
            #expect(try await listed([], ["Classic"]) == ["classic"])
            #expect(try await listed([], ["consumer"]) == [])
            #expect(try await listed(["unheard-of"], []) == [])
        }
    }

    @Test func membersOfAClassicGroup() async throws {
        try await OddClient.run { odd in
            let first = try await odd.join(instance: "desk")
            #expect(first.errorCode == .none)
            #expect(first.memberId.hasPrefix("desk-"))
            let assigned = try await odd.sync(first.memberId, generation: 1, instance: "desk")
            #expect(assigned.errorCode == .none)
            #expect(try await odd.commit() == [25], "from outside, while a member is in")
            #expect(try await odd.commit(first.memberId, generation: 1, instance: "desk") == [0])
            #expect(try await odd.commit(first.memberId, generation: 0, instance: "desk") == [22])
            var described = try await odd.describe()
            try await until("the group is stable") {
                described = try await odd.describe()
                return described.groupState == "Stable"
            }
            #expect(described.protocolData == "range")
            #expect(described.members.first?.groupInstanceId == "desk")
            // The same instance again: it goes on in the same generation, under another id.
            let again = try await odd.join(instance: "desk")
            #expect(again.errorCode == .none)
            #expect((again.generationId, again.skipAssignment, again.members.count) == (1, true, 1))
            #expect(again.leader == again.memberId)
            let older = try await odd.join(instance: "desk", version: 8)
            #expect((older.generationId, older.members.count) == (1, 0))
            #expect(older.leader == again.memberId)
            #expect(try await odd.heartbeat(first.memberId, generation: 1, instance: "desk") == .fencedInstanceId)
            #expect(try await odd.heartbeat(older.memberId, generation: 1, instance: "desk") == .none)
            #expect(try await odd.heartbeat(older.memberId, generation: 1, instance: "other") == .unknownMemberId)
            #expect(try await odd.heartbeat(older.memberId, generation: 2, instance: "desk") == .illegalGeneration)
            #expect(try await odd.join(member: "ghost").errorCode == .unknownMemberId)
            #expect(try await odd.join(type: "connect", version: 3).errorCode == .inconsistentGroupProtocol)
            #expect(
                try await odd.sync(older.memberId, generation: 1, instance: "desk", name: "other").errorCode == .inconsistentGroupProtocol)
            var delete = DeleteGroupsRequest()
            delete.groupsNames = [odd.group()]
            #expect(try await odd.send(delete).results.map(\.errorCode) == [.nonEmptyGroup])
        }
    }

    @Test func heartbeatsOfTheNewerProtocolThatAreRefused() async throws {
        try await OddClient.run { odd in
            func outcome(_ member: ByteString, epoch: Int32, _ change: @Sendable @escaping (inout ConsumerGroupHeartbeatRequest) -> Void)
                async throws -> (ErrorCode, ByteString?)
            {
                let answer = try await odd.beat(member, epoch: epoch, change: change)
                return (answer.errorCode, answer.errorMessage)
            }
            #expect(try await outcome("", epoch: 0) { _ in } == (.invalidRequest, "MemberId can't be empty."))
            #expect(
                try await outcome("m", epoch: 0) { $0.topicPartitions = nil }
                    == (.invalidRequest, "TopicPartitions must be empty when (re-)joining."))
            #expect(
                try await outcome("m", epoch: 0) { $0.rebalanceTimeoutMs = -1 }
                    == (.invalidRequest, "RebalanceTimeoutMs must be provided in first request."))
            #expect(
                try await outcome("m", epoch: 0) { $0.subscribedTopicNames = nil }
                    == (.invalidRequest, "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining."))
            #expect(try await outcome("m", epoch: 0) { $0.instanceId = "" } == (.invalidRequest, "InstanceId can't be empty."))
            #expect(try await outcome("m", epoch: 0) { $0.rackId = "" } == (.invalidRequest, "RackId can't be empty."))
            #expect(try await outcome("m", epoch: -3) { _ in } == (.invalidRequest, "MemberEpoch is invalid."))
            #expect(try await outcome("m", epoch: -2) { _ in } == (.invalidRequest, "InstanceId can't be null."))
            #expect(
                try await outcome("m", epoch: 0) { $0.serverAssignor = "fancy" }
                    == (.unsupportedAssignor, "ServerAssignor fancy is not supported. Supported assignors: uniform, range."))
            #expect(try await outcome("m", epoch: 0) { $0.subscribedTopicRegex = "(" }.0 == .invalidRegularExpression)
            let five = try await outcome("m", epoch: 5) { _ in }
            #expect(five == (.groupIdNotFound, "Consumer group \(odd.group()) not found."))

            let joined = try await odd.beat("m", epoch: 0)
            #expect((joined.errorCode, joined.memberEpoch) == (.none, 1))
            // A real coordinator may see the topic a moment later, and assigns it then.
            var assigned = joined
            try await until("all partitions are assigned") {
                if assigned.assignment?.topicPartitions.flatMap(\.partitions) == [0, 1, 2] { return true }
                assigned = try await odd.beat("m", epoch: assigned.memberEpoch)
                return false
            }
            #expect(
                try await outcome("ghost", epoch: 1) { _ in } == (.unknownMemberId, "Member ghost is not a member of group \(odd.group()).")
            )
            #expect(
                try await outcome("m", epoch: 7) { _ in } == (
                    .fencedMemberEpoch,
                    "The consumer group member has a greater member epoch (7) than the one known by the group coordinator (\(assigned.memberEpoch)). "
                        + "The member must abandon all its partitions and rejoin."
                ))
            #expect(try await odd.commit("m", generation: 0) == [113])
            #expect(try await odd.commit("m", generation: 0, atMost: 8) == [35])
            #expect(try await odd.commit("m", generation: assigned.memberEpoch) == [0])
            #expect(try await odd.commit("ghost", generation: 1) == [25])
            let left = try await odd.beat("m", epoch: -1)
            #expect((left.errorCode, left.memberEpoch, left.heartbeatIntervalMs) == (.none, -1, 0))
            // The group is empty now: it may become one of the older protocol.
            #expect(try await odd.describe().errorMessage == "Group " + odd.group() + " is not a classic group.")
            #expect(try await odd.join(version: 3).errorCode == .none)
            // A real coordinator describes what it has replicated, which is a moment late.
            var described = try await odd.describe()
            try await until("the group waits for assignments") {
                described = try await odd.describe()
                return described.groupState == "CompletingRebalance"
            }
            #expect(described.protocolType == "consumer")
            // What members said shows when they have settled.
            #expect(described.protocolData == "")
            #expect(described.members.map(\.memberMetadata) == [Blob()])
        }
    }
}

private func == (left: (ErrorCode, ByteString?), right: (ErrorCode, String)) -> Bool {
    left.0 == right.0 && left.1 == ByteString(right.1)
}

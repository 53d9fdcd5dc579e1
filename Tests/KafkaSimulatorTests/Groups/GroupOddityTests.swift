import Bytes
import Foundation
import Host
import KafkaProtocol
import Logging
import NIOPosix
import Testing

@testable import KafkaClient
@testable import KafkaSimulator

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
            try await OddClient.until {
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
            try await OddClient.until {
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
            try await OddClient.until {
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

/// A client that asks a group's coordinator what it likes.
private struct OddClient: Sendable {
    let client: KafkaClient
    let prefix: String
    /// The coordinator of each group that the tests speak of, by its suffix.
    let nodes: [String: Int32]

    var topic: ByteString { ByteString(prefix + ".odd") }
    func group(_ suffix: String = "group") -> ByteString { ByteString("\(prefix).\(suffix)") }

    /// Runs `body` against a simulated broker, or against a real cluster of one where there is one to test with.
    static func run(_ body: @Sendable (OddClient) async throws -> Void) async throws {
        if let real = ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"] { return try await run(against: real, body) }
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await run(against: cluster.bootstrapServers, body)
        }
    }

    private static func run(against servers: String, _ body: @Sendable (OddClient) async throws -> Void) async throws {
        let prefix = "odd\(HostChance().bytes(4).hex)"
        let configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(servers, from: "the test"))
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { client in
            var create = CreateTopicsRequest()
            create.timeoutMs = 30_000
            var wanted = CreateTopicsRequest.CreatableTopic()
            wanted.name = ByteString(prefix + ".odd")
            wanted.numPartitions = 3
            wanted.replicationFactor = 1
            create.topics = [wanted]
            let created = try await client.send(create, to: .controller)
            try #require(created.topics.first?.errorCode == ErrorCode.none)
            var nodes: [String: Int32] = [:]
            for suffix in ["group", "absent", "ready"] {
                nodes[suffix] = try await coordinator(client, of: ByteString("\(prefix).\(suffix)"))
            }
            let odd = OddClient(client: client, prefix: prefix, nodes: nodes)
            // The topic is there once a commit of it is accepted.
            try await until { try await odd.commit(suffix: "ready") == [0] }
            try await body(odd)
            _ = try await client.deleteTopics([odd.topic])
        }
    }

    private static func coordinator(_ client: KafkaClient, of group: ByteString) async throws -> Int32 {
        var find = FindCoordinatorRequest()
        find.coordinatorKeys = [group]
        var node: Int32 = -1
        try await until {
            let found = try await client.send(find, to: .anyBroker).coordinators.first
            node = found?.errorCode == ErrorCode.none ? found?.nodeId ?? -1 : -1
            return node >= 0
        }
        return node
    }

    static func until(_ condition: () async throws -> Bool) async throws {
        let time = HostTime()
        let end = time.uptime() + .seconds(30)
        while try await !condition() {
            try #require(time.uptime() < end, "not within 30 s")
            try await time.sleep(for: .milliseconds(50))
        }
    }

    func send<Request: KafkaRequest>(
        _ request: Request, about suffix: String = "group", atMost: Int16 = .max
    ) async throws -> Request.Response {
        let node = try #require(nodes[suffix])
        return try await client.send(Request.self, to: .broker(node), atMost: atMost) { _ in request }
    }

    func commit(
        _ member: ByteString = "", generation: Int32 = -1, instance: ByteString? = nil, metadata: ByteString? = nil,
        partitions: [Int32] = [0], suffix: String = "group", atMost: Int16 = .max
    ) async throws -> [Int16] {
        var request = OffsetCommitRequest()
        request.groupId = group(suffix)
        request.memberId = member
        request.groupInstanceId = instance
        request.generationIdOrMemberEpoch = generation
        var entry = OffsetCommitRequest.OffsetCommitRequestTopic()
        entry.name = topic
        entry.partitions = partitions.map {
            var partition = OffsetCommitRequest.OffsetCommitRequestTopic.OffsetCommitRequestPartition()
            partition.partitionIndex = $0
            partition.committedOffset = 5
            partition.committedMetadata = metadata
            return partition
        }
        request.topics = [entry]
        return try await send(request, about: suffix, atMost: atMost).topics.flatMap { $0.partitions.map(\.errorCode.rawValue) }
    }

    func fetch() async throws -> [OffsetFetchResponse.OffsetFetchResponseGroup.OffsetFetchResponseTopics.OffsetFetchResponsePartitions] {
        var asked = OffsetFetchRequest.OffsetFetchRequestGroup()
        asked.groupId = group()
        var request = OffsetFetchRequest()
        request.groups = [asked]
        return try await send(request).groups.flatMap { $0.topics.flatMap(\.partitions) }
    }

    func join(
        suffix: String? = "group", member: ByteString = "", instance: ByteString? = nil, type: ByteString = "consumer",
        protocols: [ByteString] = ["range"], session: Int32 = 30_000, version: Int16 = 9
    ) async throws -> JoinGroupResponse {
        var request = JoinGroupRequest()
        request.groupId = suffix.map { group($0) } ?? ""
        request.memberId = member
        request.groupInstanceId = instance
        request.sessionTimeoutMs = session
        request.rebalanceTimeoutMs = 30_000
        request.protocolType = type
        request.protocols = protocols.map {
            var offered = JoinGroupRequest.JoinGroupRequestProtocol()
            offered.name = $0
            offered.metadata = GroupStage.subscription
            return offered
        }
        return try await send(request, about: suffix ?? "group", atMost: version)
    }

    func sync(_ member: ByteString, generation: Int32, instance: ByteString?, name: ByteString? = "range") async throws -> SyncGroupResponse
    {
        var request = SyncGroupRequest()
        request.groupId = group()
        request.memberId = member
        request.groupInstanceId = instance
        request.generationId = generation
        request.protocolType = "consumer"
        request.protocolName = name
        return try await send(request)
    }

    func heartbeat(_ member: ByteString, generation: Int32, instance: ByteString?) async throws -> ErrorCode {
        var request = HeartbeatRequest()
        request.groupId = group()
        request.memberId = member
        request.groupInstanceId = instance
        request.generationId = generation
        return try await send(request).errorCode
    }

    func describe() async throws -> DescribeGroupsResponse.DescribedGroup {
        var request = DescribeGroupsRequest()
        request.groups = [group()]
        return try #require(try await send(request).groups.first)
    }

    func beat(
        _ member: ByteString, epoch: Int32, change: (inout ConsumerGroupHeartbeatRequest) -> Void = { _ in }
    ) async throws -> ConsumerGroupHeartbeatResponse {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = group()
        request.memberId = member
        request.memberEpoch = epoch
        request.rebalanceTimeoutMs = epoch == 0 ? 30_000 : -1
        request.subscribedTopicNames = epoch == 0 ? [topic] : nil
        request.topicPartitions = epoch == 0 ? [] : nil
        change(&request)
        return try await send(request)
    }
}

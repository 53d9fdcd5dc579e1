import Bytes
import Foundation
import Host
import KafkaProtocol
import Logging
import NIOPosix
import Testing
import Waiting

@testable import KafkaClient
@testable import KafkaSimulator

/// A client that asks a group's coordinator what it likes.
struct OddClient: Sendable {
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
            try await until("the topic takes commits") { try await odd.commit(suffix: "ready") == [0] }
            try await body(odd)
            _ = try await client.deleteTopics([odd.topic])
        }
    }

    private static func coordinator(_ client: KafkaClient, of group: ByteString) async throws -> Int32 {
        var find = FindCoordinatorRequest()
        find.coordinatorKeys = [group]
        var node: Int32 = -1
        try await until("a coordinator is found") {
            let found = try await client.send(find, to: .anyBroker).coordinators.first
            node = found?.errorCode == ErrorCode.none ? found?.nodeId ?? -1 : -1
            return node >= 0
        }
        return node
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

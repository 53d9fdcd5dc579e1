import Bytes
import Foundation
import KafkaProtocol
import Recordings
import Seams
import NIOConcurrencyHelpers
import Testing

@testable import KafkaSimulator

/// What a real Apache Kafka 4.1.1 answered in conversations about groups, the simulator answers too: the same requests in the
/// same order, and the same bytes back but for the order inside lists, which is that of a hash table there.
extension ReplayScene {
    static let conversations = ReplayScene(name: "Groups: a cluster with two live ones, and members that come and go") { judge in
        try twoLiveGroups(judge)
        try membersThatComeAndGo(judge)
    }

    private static func twoLiveGroups(_ judge: ReplayJudge) throws {
        let exchanges = groupCalls("apache-kafka-4.1.1")
        try #require(exchanges.count == 84)
        let stage = try RecordedCluster(orders: "4b6a8cf7ad5e413f9ab47fd79b31cfa6")
        try stage.joinClassic(
            "settlement", client: "settler-1", uuid: "a13ee934-a1ca-4713-9948-7d1f0de36a58",
            metadata: "00030000000200066f7264657273000f7061796d656e74732e6576656e74730000000000000000ffffffff0000",
            assignment: "000000000002000f7061796d656e74732e6576656e747300000002000000000000000100066f72646572730000000300000000"
                + "0000000100000002" + "00000000")
        stage.positions(of: "settlement", "payments.events", [18, 12], epoch: 0)
        stage.positions(of: "settlement", "orders", [30, 40, 40], epoch: 0)
        try stage.joinConsumer("audit-next-gen", client: "auditor-1", member: "XkXOT9XnT4WkOInxgM3+XQ")
        stage.positions(of: "audit-next-gen", "orders", [5, 6, 7], epoch: -1)
        for exchange in exchanges {
            // The recorded broker did not coordinate these groups yet when it was asked to commit for them.
            let elsewhere = exchange.note.hasPrefix("a simple commit") || exchange.note.hasPrefix("a member the group does not know")
            try stage.replay(exchange, judge, broker: elsewhere ? 1 : 0)
        }
    }

    private static func membersThatComeAndGo(_ judge: ReplayJudge) throws {
        let exchanges = groupCalls("apache-kafka-4.1.1-more")
        try #require(exchanges.count == 69)
        let stage = try RecordedCluster(orders: "a3cd2dfc58de49f8b7a5610413304518")
        let value = CommittedOffset(offset: 88, leaderEpoch: -1, metadata: "in a transaction", committed: Timestamp(milliseconds: 0))
        stage.state.groups.stage(value, group: "txn-group-v5", topic: "orders", partition: 0, producer: 1)
        // Of the transactions before, which the simulator does not play, nothing is left but the groups.
        for version in 1...4 {
            stage.state.groups.stage(value, group: ByteString("txn-group-v\(version)"), topic: "orders", partition: 0, producer: 2)
        }
        stage.state.groups.settle(producer: 2, committed: false)
        for exchange in exchanges {
            // By then the recorded broker had made the state of the share group's partitions.
            if exchange.note.hasPrefix("start offsets of an empty share group") { stage.uptime += .seconds(1) }
            if exchange.note == "all, stable, after the commit" { stage.state.groups.settle(producer: 1, committed: true) }
            try stage.replay(exchange, judge, broker: 0)
        }
    }

    /// The group calls of a folder in the order in which they were made, which their correlation ids tell.
    private static func groupCalls(_ folder: String) -> [Recording] {
        let keys: Set<Int16> = [8, 9, 11, 12, 13, 14, 15, 16, 42, 47, 57, 68, 69, 76, 77, 90, 91, 92]
        return Recording.inFolder(folder).filter { keys.contains($0.apiKey) }.sorted { $0.correlationID < $1.correlationID }
    }
}

/// Two brokers of which the first coordinates every group, the recorded topics, and chance that draws the recorded ids.
private final class RecordedCluster {
    var state: ClusterState
    var uptime: Duration = .seconds(1)
    private let chance = PrimedChance()
    private var calls: UInt64 = 0

    init(orders id: String) throws {
        let brokers = [Int32(0), 1].map { Broker(id: $0, host: "127.0.0.1", port: 29092 + $0) }
        state = ClusterState(clusterID: "recorded", release: .v4_1, topicVisibilityDelay: .zero, brokers: brokers)
        add("orders", 3, id: try #require([UInt8](hex: id)))
        add("payments.events", 2, id: Array(repeating: 2, count: 16))
        add("__consumer_offsets", 50, id: Array(repeating: 3, count: 16))
    }

    private func add(_ name: ByteString, _ partitions: Int, id: [UInt8]) {
        chance.prime(id)
        _ = state.add(name, replicas: Array(repeating: [0], count: partitions), configs: [:], context(.metadata, 12, "", broker: 0))
    }

    private func context(_ api: APIKey, _ version: Int16, _ client: ByteString, broker: Int32) -> CallContext {
        calls += 1
        return CallContext(
            broker: broker, connection: ConnectionID(number: 1), api: api, version: version, token: CallToken(number: calls),
            clientID: client, clientHost: "/127.0.0.1", principal: "User:ANONYMOUS", now: Timestamp(milliseconds: 1_800_000_000_000),
            uptime: uptime, chance: chance)
    }

    func joinClassic(_ group: ByteString, client: ByteString, uuid: String, metadata: String, assignment: String) throws {
        var join = JoinGroupRequest()
        join.groupId = group
        join.sessionTimeoutMs = 30_000
        join.protocolType = "consumer"
        var offered = JoinGroupRequest.JoinGroupRequestProtocol()
        offered.name = "range"
        offered.metadata = Blob(try #require([UInt8](hex: metadata)))
        join.protocols = [offered]
        chance.prime(try #require([UInt8](hex: uuid.replacing("-", with: ""))))
        _ = JoinGroupHandler.answer(join, context(.joinGroup, 3, client, broker: 0), &state)
        var sync = SyncGroupRequest()
        sync.groupId = group
        sync.generationId = 1
        sync.memberId = client + "-" + ByteString(uuid)
        sync.protocolType = "consumer"
        sync.protocolName = "range"
        var part = SyncGroupRequest.SyncGroupRequestAssignment()
        part.memberId = sync.memberId
        part.assignment = Blob(try #require([UInt8](hex: assignment)))
        sync.assignments = [part]
        _ = SyncGroupHandler.answer(sync, context(.syncGroup, 5, client, broker: 0), &state)
    }

    func joinConsumer(_ group: ByteString, client: ByteString, member: ByteString) throws {
        var beat = ConsumerGroupHeartbeatRequest()
        beat.groupId = group
        beat.memberId = member
        beat.rebalanceTimeoutMs = 30_000
        beat.subscribedTopicNames = ["orders"]
        beat.topicPartitions = []
        _ = ConsumerGroupHeartbeatHandler.answer(beat, context(.consumerGroupHeartbeat, 1, client, broker: 0), &state)
    }

    func positions(of group: ByteString, _ topic: ByteString, _ offsets: [Int64], epoch: Int32) {
        state.groups.changeOffsets(of: group) { kept in
            for (partition, offset) in offsets.enumerated() {
                let value = CommittedOffset(offset: offset, leaderEpoch: epoch, metadata: "", committed: Timestamp(milliseconds: 0))
                kept.set(value, topic, Int32(partition))
            }
        }
    }

    func replay(_ exchange: Recording, _ judge: ReplayJudge, broker: Int32) throws {
        let handler = try #require(Calls.byKey[APIKey(rawValue: exchange.apiKey)])
        try replay(handler, exchange, judge, broker: broker)
    }

    private func replay<Handler: CallHandler>(_: Handler.Type, _ exchange: Recording, _ judge: ReplayJudge, broker: Int32) throws {
        let version = exchange.version
        let wanted = try Frame.decodeResponse(to: Handler.Request.self, version: version, from: exchange.responseBytes).response
        try chance.prime(for: exchange, wanted)
        let context = context(Handler.api, version, "wire-recorder", broker: broker)
        try judge.compare(try Handler.serve(exchange.requestBytes, context, &state), of: Handler.self, with: exchange)
    }
}

/// Chance that draws what it was told to; zeros when that is used up.
private final class PrimedChance: ChanceSource {
    private let queue = NIOLockedValueBox<[UInt8]>([])

    func prime(_ bytes: [UInt8]) { queue.withLockedValue { $0 = bytes } }

    /// The id that the recorded broker drew for a new member.
    func prime(for exchange: Recording, _ response: some WireStruct) throws {
        switch response {
        case let joined as JoinGroupResponse:
            prime([UInt8](hex: joined.memberId.description.suffix(36).replacing("-", with: "")) ?? [])
        case let beat as ConsumerGroupHeartbeatResponse:
            prime(beat.memberId.flatMap { KafkaUUID($0.description) }?.bytes ?? [])
        default: break
        }
    }

    func bytes(_ count: Int) -> [UInt8] {
        queue.withLockedValue { queue in
            let drawn = Array(queue.prefix(count))
            queue.removeFirst(drawn.count)
            return drawn + Array(repeating: 0, count: count - drawn.count)
        }
    }
}

extension Recording {
    var correlationID: Int32 { requestBytes[4..<8].reduce(0) { $0 << 8 | Int32($1) } }
}

extension WireTree {
    /// The same with every list sorted.
    var unordered: WireTree {
        switch self {
        case .array(let elements): .array(elements.map(\.unordered).sorted { "\($0)" < "\($1)" })
        case .object(let fields):
            .object(
                fields.map {
                    var field = $0
                    field.value = $0.value.unordered
                    return field
                })
        case .null, .bool, .integer, .float, .text, .hex: self
        }
    }
}

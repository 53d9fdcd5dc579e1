import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Share groups")
struct ShareGroupTests {
    private static func stage(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) -> BrokerStage {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.features = ["share.version": 1]
        change(&configuration)
        var stage = BrokerStage(configuration)
        stage.plant("orders", partitions: 3)
        stage.plant(Topic.offsetsName, partitions: 5)
        return stage
    }

    private func beat(
        _ stage: inout BrokerStage, _ member: ByteString = "a", epoch: Int32 = 0, topics: [ByteString]? = ["orders"],
        group: ByteString = "crew"
    ) throws -> ShareGroupHeartbeatResponse {
        var request = ShareGroupHeartbeatRequest()
        request.groupId = group
        request.memberId = member
        request.memberEpoch = epoch
        request.subscribedTopicNames = topics
        return try stage.call(ShareGroupHeartbeatHandler.self, request)
    }

    private func alter(
        _ stage: inout BrokerStage, _ topic: ByteString, _ offsets: [Int32: Int64], group: ByteString = "crew"
    ) throws -> AlterShareGroupOffsetsResponse {
        var asked = AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic()
        asked.topicName = topic
        asked.partitions = offsets.sorted { $0.key < $1.key }.map {
            var partition = AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic.AlterShareGroupOffsetsRequestPartition()
            partition.partitionIndex = $0.key
            partition.startOffset = $0.value
            return partition
        }
        var request = AlterShareGroupOffsetsRequest()
        request.groupId = group
        request.topics = [asked]
        return try stage.call(AlterShareGroupOffsetsHandler.self, request)
    }

    private func offsets(_ stage: inout BrokerStage, group: ByteString = "crew") throws -> [Int32: Int64] {
        var asked = DescribeShareGroupOffsetsRequest.DescribeShareGroupOffsetsRequestGroup()
        asked.groupId = group
        var request = DescribeShareGroupOffsetsRequest()
        request.groups = [asked]
        let answer = try #require(try stage.call(DescribeShareGroupOffsetsHandler.self, request).groups.first)
        #expect(answer.errorCode == .none)
        let rows = answer.topics.flatMap(\.partitions).map { ($0.partitionIndex, $0.startOffset) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func assigned(_ answer: ShareGroupHeartbeatResponse) -> [Int32]? { answer.assignment?.topicPartitions.flatMap(\.partitions) }

    @Test("Switched off, every call says 35")
    func switchedOff() throws {
        var stage = Self.stage { $0.features = [:] }
        #expect(try beat(&stage).errorCode == .unsupportedVersion)
        #expect(try alter(&stage, "orders", [0: 1]).errorCode == .unsupportedVersion)
        var describe = ShareGroupDescribeRequest()
        describe.groupIds = ["crew"]
        #expect(try stage.call(ShareGroupDescribeHandler.self, describe).groups.map(\.errorCode) == [.unsupportedVersion])
        var delete = DeleteShareGroupOffsetsRequest()
        delete.groupId = "crew"
        #expect(try stage.call(DeleteShareGroupOffsetsHandler.self, delete).errorCode == .unsupportedVersion)
    }

    @Test("Partitions are handed out once their state is made; members then share them, and the rest when one leaves")
    func handedOut() throws {
        var stage = Self.stage()
        let joined = try beat(&stage)
        #expect((joined.memberEpoch, assigned(joined), joined.heartbeatIntervalMs) == (1, [], 5000))
        #expect(stage.state.topics["__share_group_state"]?.partitions.count == 50)
        stage.uptime += .seconds(5)
        let fed = try beat(&stage, epoch: 1, topics: nil)
        #expect((fed.memberEpoch, assigned(fed)) == (2, [0, 1, 2]))
        #expect(try offsets(&stage) == [0: -1, 1: -1, 2: -1])
        let second = try beat(&stage, "b")
        #expect((second.memberEpoch, assigned(second)) == (3, [1]))
        #expect(assigned(try beat(&stage, epoch: 2, topics: nil)) == [0, 2])
        #expect(try beat(&stage, "b", epoch: -1, topics: nil).memberEpoch == -1)
        #expect(assigned(try beat(&stage, epoch: 3, topics: nil)) == [0, 1, 2])
    }

    @Test("More members than partitions share them; each has one")
    func sharedPartition() throws {
        var stage = Self.stage()
        for member in ["a", "b", "c", "d"] { _ = try beat(&stage, ByteString(member)) }
        stage.uptime += .seconds(5)
        for member in ["a", "b", "c", "d"] { _ = try beat(&stage, ByteString(member), epoch: 0) }
        let members = try #require(stage.state.groups.share("crew")?.members)
        #expect(members.values.allSatisfy { $0.assigned.values.reduce(0) { $0 + $1.count } == 1 })
    }

    @Test("Who is silent for too long is out; epochs must fit; strangers and a full group are refused")
    func membership() throws {
        var stage = Self.stage { $0.brokerProperties["group.share.max.size"] = "2" }
        _ = try beat(&stage)
        #expect(try beat(&stage, epoch: 9).errorCode == .fencedMemberEpoch)
        #expect(try beat(&stage, "b", epoch: 4).errorCode == .unknownMemberId)
        #expect(try beat(&stage, "b", epoch: -1).errorCode == .unknownMemberId)
        #expect(try beat(&stage, epoch: 3, group: "other").errorCode == .groupIdNotFound)
        #expect(try beat(&stage, topics: []).errorCode == .invalidRequest)
        _ = try beat(&stage, "b")
        #expect(try beat(&stage, "c").errorCode == .groupMaxSizeReached)
        stage.uptime += .seconds(44)
        _ = try beat(&stage, "b")
        stage.uptime += .seconds(1)
        stage.state.tick(now: stage.clock, uptime: stage.uptime)
        #expect(stage.state.groups.share("crew")?.members.keys.sorted() == ["b"])
    }

    @Test("A group has its own times where it has configs")
    func ownConfigs() throws {
        var stage = Self.stage()
        stage.state.configs.groups["crew"] = ["share.heartbeat.interval.ms": "7000", "share.session.timeout.ms": "50000"]
        #expect(try beat(&stage).heartbeatIntervalMs == 7000)
        stage.uptime += .seconds(49)
        stage.state.tick(now: stage.clock, uptime: stage.uptime)
        #expect(stage.state.groups.share("crew")?.members.count == 1)
    }

    @Test("A group is of one type: the others' calls do not find it")
    func oneType() throws {
        var stage = Self.stage()
        _ = try beat(&stage)
        #expect(stage.state.groups.describe("crew", version: 6, operations: nil).errorCode == .groupIdNotFound)
        #expect(stage.state.groups.list(states: [], types: ["Share"]) { _ in true }.map(\.groupType) == ["share"])
        #expect(stage.state.groups.list(states: [], types: ["consumer"]) { _ in true }.isEmpty)
        var fetch = OffsetFetchRequest.OffsetFetchRequestGroup()
        fetch.groupId = "crew"
        #expect(stage.state.groups.fetch(fetch, stable: false).errorCode == .groupIdNotFound)
        #expect(stage.state.groups.delete("crew") == .nonEmptyGroup)
        _ = try beat(&stage, epoch: -1)
        #expect(stage.state.groups.delete("crew") == .none)
        #expect(stage.state.groups.share("crew") == nil)
    }

    @Test("Kafka 4.1 sets no start offset, members or not, and says nothing of it")
    func nothingIsDone() throws {
        var stage = Self.stage()
        _ = try beat(&stage)
        stage.uptime += .seconds(5)
        for epoch in [Int32(1), -1] {
            _ = try beat(&stage, epoch: epoch, topics: nil)
            let answer = try alter(&stage, "orders", [0: 7])
            #expect((answer.errorCode, answer.responses) == (.none, []))
            #expect(try offsets(&stage)[0] == -1)
        }
        #expect(try alter(&stage, "missing", [0: 7]).responses.flatMap(\.partitions).map(\.errorCode) == [.unknownTopicOrPartition])
    }

    @Test("A release that does: not while somebody is in; a group that is not there is made")
    func done() throws {
        var stage = Self.stage { $0.altersShareGroupOffsets = true }
        let answer = try alter(&stage, "orders", [0: 7, 9: 1])
        #expect(answer.responses.flatMap(\.partitions).map(\.errorCode) == [.none, .unknownTopicOrPartition])
        #expect(try offsets(&stage) == [0: 7])
        _ = try beat(&stage)
        #expect(try alter(&stage, "orders", [0: 8]).errorCode == .nonEmptyGroup)
        #expect(try offsets(&stage) == [0: 7])
    }

    @Test("Start offsets of a topic are deleted when nobody is in, and with the topic")
    func deleted() throws {
        var stage = Self.stage { $0.altersShareGroupOffsets = true }
        func delete(_ topics: [ByteString], group: ByteString = "crew") throws -> DeleteShareGroupOffsetsResponse {
            var request = DeleteShareGroupOffsetsRequest()
            request.groupId = group
            request.topics = topics.map {
                var topic = DeleteShareGroupOffsetsRequest.DeleteShareGroupOffsetsRequestTopic()
                topic.topicName = $0
                return topic
            }
            return try stage.call(DeleteShareGroupOffsetsHandler.self, request)
        }
        #expect(try delete(["orders"]).errorCode == .groupIdNotFound)
        _ = try alter(&stage, "orders", [0: 7])
        #expect(try delete(["orders", "missing"]).responses.map(\.errorCode) == [.none, .unknownTopicOrPartition])
        #expect(try offsets(&stage).isEmpty)
        #expect(try delete(["orders"]).responses.map(\.errorMessage) == ["There is no offset information to delete."])
        _ = try alter(&stage, "orders", [0: 7])
        stage.state.remove(topic: "orders")
        #expect(try offsets(&stage).isEmpty)
        _ = try beat(&stage)
        #expect(try delete(["orders"]).errorCode == .nonEmptyGroup)
    }
}

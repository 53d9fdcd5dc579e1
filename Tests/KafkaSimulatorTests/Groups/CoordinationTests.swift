import Bytes
import KafkaProtocol
import Seams
import Testing

@testable import KafkaSimulator

/// Each group has one coordinator, the leader of its partition of `__consumer_offsets`, and no other broker speaks for it.
@Suite struct CoordinationTests {
    /// Three brokers that share the partitions of `__consumer_offsets` and `orders`.
    struct Cluster {
        var state: ClusterState
        let groups = (0..<60).map { ByteString("group-\($0)") }

        init() {
            let brokers = [Int32(1), 2, 3].map { Broker(id: $0, host: "127.0.0.1", port: 9092 + $0) }
            state = ClusterState(clusterID: "test", release: .v4_1, topicVisibilityDelay: .zero, brokers: brokers)
            let replicas = (0..<50).map { first in (0..<3).map { Int32((first + $0) % 3 + 1) } }
            let context = context(.metadata, broker: 1)
            _ = state.add(Topic.offsetsName, replicas: replicas, configs: [:], context)
            _ = state.add("orders", replicas: [[1], [2]], configs: [:], context)
        }

        func context(_ api: APIKey, broker: Int32) -> CallContext {
            CallContext(
                broker: broker, connection: ConnectionID(number: 1), api: api, version: 9, token: CallToken(number: 1), clientID: "test",
                clientHost: "/127.0.0.1", principal: "User:ANONYMOUS", now: Timestamp(milliseconds: 0), uptime: .seconds(1),
                chance: SeededChance(seed: 3))
        }

        mutating func ask<Handler: CallHandler>(_: Handler.Type, _ request: Handler.Request, broker: Int32) throws
            -> Handler.Request.Response
        {
            guard case .now(let answer) = Handler.answer(request, context(Handler.api, broker: broker), &state) else {
                throw NotAnswered()
            }
            return answer
        }

        struct NotAnswered: Error {}

        mutating func commit(_ group: ByteString, broker: Int32) throws -> ErrorCode? {
            var request = OffsetCommitRequest()
            request.groupId = group
            var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
            topic.name = "orders"
            var partition = OffsetCommitRequest.OffsetCommitRequestTopic.OffsetCommitRequestPartition()
            partition.committedOffset = 4
            topic.partitions = [partition]
            request.topics = [topic]
            return try ask(OffsetCommitHandler.self, request, broker: broker).topics.first?.partitions.first?.errorCode
        }

        mutating func fetch(_ group: ByteString, broker: Int32) throws -> (error: ErrorCode?, offsets: [Int64]) {
            var asked = OffsetFetchRequest.OffsetFetchRequestGroup()
            asked.groupId = group
            var request = OffsetFetchRequest()
            request.groups = [asked]
            let answer = try ask(OffsetFetchHandler.self, request, broker: broker).groups.first
            return (answer?.errorCode, answer?.topics.flatMap { $0.partitions.map(\.committedOffset) } ?? [])
        }
    }

    @Test func everyBrokerButOneRefusesAGroupAndTheListsAreDisjointAndWhole() throws {
        var cluster = Cluster()
        for group in cluster.groups {
            let outcomes = try [1, 2, 3].map { try cluster.commit(group, broker: $0) }
            #expect(outcomes.count { $0 == ErrorCode.none } == 1)
            #expect(outcomes.count { $0 == ErrorCode.notCoordinator } == 2)
        }
        let lists = try [1, 2, 3].map { try cluster.ask(ListGroupsHandler.self, ListGroupsRequest(), broker: $0).groups.map(\.groupId) }
        #expect(lists.allSatisfy { !$0.isEmpty })
        #expect(lists.joined().sorted() == cluster.groups.sorted())
        for (index, list) in lists.enumerated() {
            for group in list {
                #expect(try cluster.fetch(group, broker: Int32(index + 1)) == (ErrorCode.none, [4]))
                #expect(try cluster.fetch(group, broker: Int32((index + 1) % 3 + 1)) == (ErrorCode.notCoordinator, []))
            }
        }
    }

    @Test func everyCallAboutAGroupIsRefusedByABrokerThatDoesNotCoordinateIt() throws {
        var cluster = Cluster()
        let group: ByteString = "group-0"
        let coordinator = try #require(cluster.state.groupCoordinator(of: group))
        let other = coordinator % 3 + 1
        #expect(try cluster.commit(group, broker: coordinator) == ErrorCode.none)
        var join = JoinGroupRequest()
        // Bounds are looked at first, by whichever broker.
        (join.groupId, join.sessionTimeoutMs) = (group, 30_000)
        #expect(try cluster.ask(JoinGroupHandler.self, join, broker: other).errorCode == .notCoordinator)
        var sync = SyncGroupRequest()
        sync.groupId = group
        #expect(try cluster.ask(SyncGroupHandler.self, sync, broker: other).errorCode == .notCoordinator)
        var beat = HeartbeatRequest()
        beat.groupId = group
        #expect(try cluster.ask(HeartbeatHandler.self, beat, broker: other).errorCode == .notCoordinator)
        var leave = LeaveGroupRequest()
        leave.groupId = group
        #expect(try cluster.ask(LeaveGroupHandler.self, leave, broker: other).errorCode == .notCoordinator)
        var newer = ConsumerGroupHeartbeatRequest()
        (newer.groupId, newer.memberId, newer.memberEpoch) = (group, "m", 1)
        #expect(try cluster.ask(ConsumerGroupHeartbeatHandler.self, newer, broker: other).errorCode == .notCoordinator)
        var describe = DescribeGroupsRequest()
        describe.groups = [group]
        #expect(try cluster.ask(DescribeGroupsHandler.self, describe, broker: other).groups.map(\.errorCode) == [.notCoordinator])
        var describeNewer = ConsumerGroupDescribeRequest()
        describeNewer.groupIds = [group]
        #expect(
            try cluster.ask(ConsumerGroupDescribeHandler.self, describeNewer, broker: other).groups.map(\.errorCode) == [.notCoordinator])
        var deleteOffsets = OffsetDeleteRequest()
        deleteOffsets.groupId = group
        #expect(try cluster.ask(OffsetDeleteHandler.self, deleteOffsets, broker: other).errorCode == .notCoordinator)
        var delete = DeleteGroupsRequest()
        delete.groupsNames = [group]
        #expect(try cluster.ask(DeleteGroupsHandler.self, delete, broker: other).results.map(\.errorCode) == [.notCoordinator])
        #expect(try cluster.fetch(group, broker: coordinator).offsets == [4])
    }

    @Test func whenTheCoordinatorDiesAnotherGoesOnWithWhatWasCommitted() throws {
        var cluster = Cluster()
        let group: ByteString = "group-0"
        let before = try #require(cluster.state.groupCoordinator(of: group))
        #expect(try cluster.commit(group, broker: before) == ErrorCode.none)
        cluster.state.setAlive(false, broker: before)
        let after = try #require(cluster.state.groupCoordinator(of: group))
        #expect(after != before)
        #expect(try cluster.fetch(group, broker: after) == (ErrorCode.none, [4]))
    }

    @Test func aTopicThatIsDeletedTakesItsPositionsAlong() throws {
        var cluster = Cluster()
        let coordinator = try #require(cluster.state.groupCoordinator(of: "group-0"))
        #expect(try cluster.commit("group-0", broker: coordinator) == ErrorCode.none)
        cluster.state.remove(topic: "orders")
        #expect(try cluster.fetch("group-0", broker: coordinator) == (ErrorCode.none, []))
        #expect(try cluster.commit("group-0", broker: coordinator) == ErrorCode.unknownTopicOrPartition)
    }

    @Test func beforeAnyGroupWasLookedUpThereIsNoCoordinatorAndNoGroup() throws {
        var cluster = Cluster()
        cluster.state.remove(topic: Topic.offsetsName)
        #expect(try cluster.ask(ListGroupsHandler.self, ListGroupsRequest(), broker: 1).groups.isEmpty)
        #expect(try cluster.commit("group-0", broker: 1) == ErrorCode.notCoordinator)
    }
}

private func == (left: (error: ErrorCode?, offsets: [Int64]), right: (ErrorCode, [Int64])) -> Bool {
    left.error == right.0 && left.offsets == right.1
}

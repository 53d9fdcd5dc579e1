import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Limits of groups, and coordinators that are not ready yet")
struct GroupLimitTests {
    @Test("group.max.size: one more member is told 81, members who are in stay")
    func classicSize() throws {
        var limits = GroupLimits()
        limits.groupSize = 1
        var stage = GroupStage(limits)
        let first = stage.enter()
        let second = stage.join(version: 3)
        #expect(stage.joined(second)?.errorCode == .groupMaxSizeReached)
        #expect(stage.joined(second)?.memberId == "")
        #expect(stage.joined(first.token)?.errorCode == ErrorCode.none)
        let again = stage.join(first.id)
        #expect(stage.joined(again)?.errorCode == ErrorCode.none)
    }

    @Test("group.consumer.max.size: the same for the newer protocol, in the broker's words")
    func consumerSize() throws {
        var limits = GroupLimits()
        limits.consumerGroupSize = 1
        var coordinator = GroupCoordinator(limits: limits)
        let stage = BrokerStage()
        func beat(_ member: ByteString, _ epoch: Int32 = 0) -> ConsumerGroupHeartbeatResponse {
            var request = ConsumerGroupHeartbeatRequest()
            request.groupId = "crew"
            request.memberId = member
            request.memberEpoch = epoch
            request.rebalanceTimeoutMs = 30_000
            request.subscribedTopicNames = []
            request.topicPartitions = []
            let call = GroupCall(token: CallToken(number: 1), version: 1, now: .zero)
            return coordinator.heartbeat(request, call, VisibleTopics(stage.state, at: .zero), chance: stage.chance)
        }
        #expect(beat("a").errorCode == .none)
        let refused = beat("b")
        #expect(refused.errorCode == .groupMaxSizeReached)
        #expect(refused.errorMessage == "The consumer group has reached its maximum capacity of 1 members.")
        #expect(beat("a").errorCode == .none)
    }

    @Test("A group of the newer protocol has its own times where it has configs")
    func ownConfigs() throws {
        var stage = BrokerStage()
        stage.plant(Topic.offsetsName, partitions: 5)
        stage.state.configs.groups["crew"] = ["consumer.heartbeat.interval.ms": "9000", "consumer.session.timeout.ms": "60000"]
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = "crew"
        request.memberId = "a"
        request.rebalanceTimeoutMs = 30_000
        request.subscribedTopicNames = []
        request.topicPartitions = []
        let coordinator = try #require(stage.state.groupCoordinator(of: "crew"))
        #expect(try stage.call(ConsumerGroupHeartbeatHandler.self, request, on: coordinator).heartbeatIntervalMs == 9000)
        stage.uptime += .seconds(59)
        stage.state.tick(now: stage.clock, uptime: stage.uptime)
        #expect(stage.state.groups.consumer("crew")?.members.count == 1)
        stage.uptime += .seconds(1)
        stage.state.tick(now: stage.clock, uptime: stage.uptime)
        #expect(stage.state.groups.consumer("crew")?.members.isEmpty == true)
    }

    @Test("A coordinator that took over says 14 for a while; to heartbeats of classic members it says nothing of it")
    func loading() throws {
        var configuration = SimulatorConfiguration()
        configuration.coordinatorLoading = .seconds(3)
        var stage = BrokerStage(configuration)
        stage.plant(Topic.offsetsName, partitions: 1)
        func errors(on broker: Int32) throws -> [ErrorCode] {
            var describe = DescribeGroupsRequest()
            describe.groups = ["crew"]
            var fetch = OffsetFetchRequest()
            var asked = OffsetFetchRequest.OffsetFetchRequestGroup()
            asked.groupId = "crew"
            fetch.groups = [asked]
            var delete = DeleteGroupsRequest()
            delete.groupsNames = ["other"]
            return try [
                stage.call(DescribeGroupsHandler.self, describe, version: 5, on: broker).groups[0].errorCode,
                stage.call(OffsetFetchHandler.self, fetch, on: broker).groups[0].errorCode,
                stage.call(ListGroupsHandler.self, ListGroupsRequest(), on: broker).errorCode,
                stage.call(DeleteGroupsHandler.self, delete, on: broker).results[0].errorCode,
            ]
        }
        #expect(try errors(on: 1) == [.none, .none, .none, .groupIdNotFound])
        let moved = stage.state.topics[Topic.offsetsName]?.partitions[0].elect(2)
        #expect(moved == true)
        #expect(try errors(on: 1) == [.notCoordinator, .notCoordinator, .none, .notCoordinator])
        #expect(try errors(on: 2) == Array(repeating: .coordinatorLoadInProgress, count: 4))
        var heartbeat = HeartbeatRequest()
        heartbeat.groupId = "crew"
        #expect(try stage.call(HeartbeatHandler.self, heartbeat, on: 2).errorCode == .none)
        stage.uptime += .seconds(3)
        #expect(try errors(on: 2) == [.none, .none, .none, .groupIdNotFound])
        #expect(try stage.call(HeartbeatHandler.self, heartbeat, on: 2).errorCode == .unknownMemberId)
    }

    @Test("One that took over transactions says 14 for a while, and of all of them where it is asked for a list")
    func loadingTransactions() throws {
        var configuration = SimulatorConfiguration()
        configuration.coordinatorLoading = .seconds(3)
        var stage = BrokerStage(configuration)
        stage.plant(Topic.transactionsName, partitions: 1)
        func errors(on broker: Int32) throws -> [ErrorCode] {
            var begin = InitProducerIdRequest()
            (begin.transactionalId, begin.transactionTimeoutMs) = ("pay", 60_000)
            var end = EndTxnRequest()
            end.transactionalId = "pay"
            var describe = DescribeTransactionsRequest()
            describe.transactionalIds = ["other"]
            return try [
                stage.call(ListTransactionsHandler.self, ListTransactionsRequest(), on: broker).errorCode,
                stage.call(DescribeTransactionsHandler.self, describe, on: broker).transactionStates[0].errorCode,
                stage.call(EndTxnHandler.self, end, on: broker).errorCode,
                stage.call(InitProducerIdHandler.self, begin, on: broker).errorCode,
            ]
        }
        #expect(try errors(on: 1) == [.none, .transactionalIdNotFound, .invalidProducerIdMapping, .none])
        let moved = stage.state.topics[Topic.transactionsName]?.partitions[0].elect(2)
        #expect(moved == true)
        #expect(try errors(on: 1) == [.none, .notCoordinator, .notCoordinator, .notCoordinator])
        #expect(try errors(on: 2) == Array(repeating: .coordinatorLoadInProgress, count: 4))
        stage.uptime += .seconds(3)
        #expect(try errors(on: 2).last == ErrorCode.none)
    }
}

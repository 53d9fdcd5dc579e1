import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// Groups of the newer protocol, with members that do as they are told.
@Suite struct ConsumerGroupTests {
    struct Topics: TopicDirectory {
        var all: [GroupTopic] = [
            GroupTopic(name: "orders", id: KafkaUUID(low: 1), partitions: 3),
            GroupTopic(name: "payments", id: KafkaUUID(low: 2), partitions: 2),
        ]
        func groupTopic(named name: ByteString) -> GroupTopic? { all.first { $0.name == name } }
        func groupTopic(withID id: KafkaUUID) -> GroupTopic? { all.first { $0.id == id } }
        var groupTopicNames: [ByteString] { all.map(\.name) }
    }

    typealias Part = ConsumerGroupHeartbeatRequest.TopicPartitions

    struct Member {
        var id: ByteString
        var epoch: Int32 = 0
        var owned: [KafkaUUID: [Int32]] = [:]
        var instance: ByteString?

        @discardableResult
        mutating func beat(
            _ stage: inout GroupStage, _ topics: Topics, names: [ByteString]? = nil, pattern: ByteString? = nil, epoch said: Int32? = nil,
            assignor: ByteString? = nil
        ) -> ConsumerGroupHeartbeatResponse {
            var request = ConsumerGroupHeartbeatRequest()
            request.groupId = GroupStage.group
            request.memberId = id
            request.memberEpoch = said ?? epoch
            request.instanceId = instance
            request.subscribedTopicNames = names
            request.subscribedTopicRegex = pattern
            request.serverAssignor = assignor
            request.rebalanceTimeoutMs = request.memberEpoch == 0 ? 60_000 : -1
            request.topicPartitions =
                request.memberEpoch == 0
                ? []
                : owned.map {
                    var part = Part()
                    part.topicId = $0.key
                    part.partitions = $0.value
                    return part
                }
            let answer = stage.coordinator.heartbeat(request, stage.call(1), topics, chance: stage.chance)
            if !answer.errorCode.isError {
                epoch = answer.memberEpoch
                if let parts = answer.assignment?.topicPartitions {
                    owned = Dictionary(uniqueKeysWithValues: parts.map { ($0.topicId, $0.partitions) })
                }
            }
            return answer
        }

        var count: Int { owned.values.reduce(0) { $0 + $1.count } }
    }

    @Test func aMemberAloneGetsEverythingAndTheGroupIsStable() throws {
        var (stage, one) = (GroupStage(), Member(id: "one"))
        let answer = one.beat(&stage, Topics(), names: ["orders"])
        #expect(answer.errorCode == .none)
        #expect(answer.memberEpoch == 1)
        #expect(answer.heartbeatIntervalMs == 5000)
        #expect(one.owned == [KafkaUUID(low: 1): [0, 1, 2]])
        #expect(one.beat(&stage, Topics()).assignment == nil)
        let described = stage.coordinator.describeConsumer(GroupStage.group, operations: 3400, Topics())
        #expect(described.groupState == "Stable")
        #expect(described.assignorName == "uniform")
        #expect(described.authorizedOperations == 3400)
        #expect(described.members.first?.assignment.topicPartitions.first?.topicName == "orders")
        #expect(described.members.first?.memberType == 1)
    }

    @Test func aSecondMemberGetsItsPartOnlyWhenTheFirstHasGivenItBack() {
        var (stage, one, two) = (GroupStage(), Member(id: "one"), Member(id: "two"))
        one.beat(&stage, Topics(), names: ["orders", "payments"])
        two.beat(&stage, Topics(), names: ["orders", "payments"])
        #expect(two.count == 0)
        #expect(stage.coordinator.consumer(GroupStage.group)?.stateName == "Reconciling")
        one.beat(&stage, Topics())
        #expect(one.count == 3 || one.count == 2)
        #expect(one.epoch == 1)
        two.beat(&stage, Topics())
        #expect(two.count == 0)
        one.beat(&stage, Topics())
        #expect(one.epoch == 2)
        two.beat(&stage, Topics())
        #expect(one.count + two.count == 5)
        #expect(Set([one.count, two.count]) == [2, 3])
        #expect(stage.coordinator.consumer(GroupStage.group)?.stateName == "Stable")
    }

    @Test func whoLeavesHandsItsPartToTheOthers() {
        var (stage, one, two) = (GroupStage(), Member(id: "one"), Member(id: "two"))
        one.beat(&stage, Topics(), names: ["orders"])
        two.beat(&stage, Topics(), names: ["orders"])
        let answer = one.beat(&stage, Topics(), epoch: -1)
        #expect(answer.memberEpoch == -1)
        #expect(answer.heartbeatIntervalMs == 0)
        two.beat(&stage, Topics())
        #expect(two.count == 3)
    }

    @Test func aSilentMemberIsOut() {
        var (stage, one) = (GroupStage(), Member(id: "one"))
        one.beat(&stage, Topics(), names: ["orders"])
        stage.pass(.seconds(45))
        #expect(stage.coordinator.consumer(GroupStage.group)?.stateName == "Empty")
        #expect(one.beat(&stage, Topics()).errorCode == .unknownMemberId)
    }

    @Test func whoDoesNotGiveBackInTimeIsOut() {
        var (stage, one, two) = (GroupStage(), Member(id: "one"), Member(id: "two"))
        one.beat(&stage, Topics(), names: ["orders"])
        two.beat(&stage, Topics(), names: ["orders"])
        var stubborn = one
        for _ in 0..<7 {
            // It keeps on saying that it owns all three.
            _ = stubborn.beat(&stage, Topics())
            stubborn = one
            stage.pass(.seconds(9))
            two.beat(&stage, Topics())
        }
        #expect(stage.coordinator.consumer(GroupStage.group)?.members.keys.sorted() == ["two"])
        two.beat(&stage, Topics())
        #expect(two.count == 3)
    }

    @Test func newPartitionsAreSharedOut() {
        var (stage, one, topics) = (GroupStage(), Member(id: "one"), Topics())
        one.beat(&stage, topics, names: ["orders"])
        topics.all[0].partitions = 5
        one.beat(&stage, topics)
        #expect(one.count == 5)
        #expect(one.epoch == 2)
    }

    @Test func aPatternSubscribesToWhatMatchesInFull() {
        var (stage, one) = (GroupStage(), Member(id: "one"))
        one.beat(&stage, Topics(), pattern: "pay.*")
        #expect(one.owned.keys.sorted() == [KafkaUUID(low: 2)])
        var two = Member(id: "two")
        #expect(two.beat(&stage, Topics(), pattern: "(").errorCode == .invalidRegularExpression)
    }

    @Test func epochsThatDoNotFitAreFenced() {
        var (stage, one) = (GroupStage(), Member(id: "one"))
        one.beat(&stage, Topics(), names: ["orders"])
        #expect(one.beat(&stage, Topics(), epoch: 9).errorCode == .fencedMemberEpoch)
        var stranger = Member(id: "stranger", epoch: 1)
        #expect(stranger.beat(&stage, Topics()).errorCode == .unknownMemberId)
    }

    @Test func aStaticMemberComesBackToWhatItHad() {
        var (stage, one) = (GroupStage(), Member(id: "one", instance: "desk"))
        one.beat(&stage, Topics(), names: ["orders"])
        var rival = Member(id: "rival", instance: "desk")
        #expect(rival.beat(&stage, Topics(), names: ["orders"]).errorCode == .unreleasedInstanceId)
        one.beat(&stage, Topics(), epoch: -2)
        #expect(rival.beat(&stage, Topics(), names: ["orders"]).errorCode == .none)
        #expect(rival.count == 3)
        #expect(rival.epoch == 1)
    }

    @Test func anUnknownAssignorIsRefusedByName() {
        var (stage, one) = (GroupStage(), Member(id: "one"))
        let answer = one.beat(&stage, Topics(), names: ["orders"], assignor: "fancy")
        #expect(answer.errorCode == .unsupportedAssignor)
        #expect(answer.errorMessage == "ServerAssignor fancy is not supported. Supported assignors: uniform, range.")
    }

    @Test func aCommitFromOutsideIsRefusedWhileMembersAreInAndWelcomeAfter() {
        var (stage, one) = (GroupStage(), Member(id: "one"))
        one.beat(&stage, Topics(), names: ["orders"])
        #expect(stage.commit() == [.unknownMemberId])
        #expect(stage.commit("one", generation: 1) == [.none])
        #expect(stage.commit("one", generation: 0) == [.staleMemberEpoch])
        one.beat(&stage, Topics(), epoch: -1)
        #expect(stage.commit() == [.none])
        // It still is what it was.
        #expect(stage.coordinator.list(states: [], types: ["consumer"]) { _ in true }.map(\.groupState) == ["Empty"])
    }

    @Test func aRestoredGroupIsClassicUntilAMemberOfEitherProtocolJoins() {
        var stage = GroupStage()
        _ = stage.commit()
        func listed() -> [ByteString] {
            stage.coordinator.list(states: [], types: []) { _ in true }.flatMap { [$0.groupType, $0.protocolType, $0.groupState] }
        }
        #expect(listed() == ["classic", "", "Empty"])
        var one = Member(id: "one")
        one.beat(&stage, Topics(), names: ["orders"])
        #expect(listed() == ["consumer", "consumer", "Stable"])
        #expect(stage.fetch().topics.first?.partitions.first?.committedOffset == 5)
    }

    @Test func eachProtocolIsAStrangerToTheOthersLiveGroup() {
        var (stage, one) = (GroupStage(), Member(id: "one"))
        one.beat(&stage, Topics(), names: ["orders"])
        #expect(stage.joined(stage.join(version: 3))?.errorCode == .inconsistentGroupProtocol)
        let described = stage.coordinator.describe(GroupStage.group, version: 6, operations: 3400)
        #expect(described.errorMessage == "Group crew is not a classic group.")
        var other = GroupStage()
        _ = other.enter()
        var two = Member(id: "two")
        let refused = two.beat(&other, Topics(), names: ["orders"]).errorMessage
        #expect(refused == "Cannot upgrade classic group crew to consumer group because online upgrade is disabled.")
    }

    @Test(arguments: [ByteString("uniform"), "range"], [1, 2, 3, 4, 7])
    func everyPartitionHasOneOwnerAndSharesDifferByOneATopic(_ name: ByteString, _ members: Int) throws {
        let assignor = try #require(Assignor(named: name))
        let topics = (1...5).map { GroupTopic(name: ByteString("t\($0)"), id: KafkaUUID(low: UInt64($0)), partitions: Int32($0 * 2 - 1)) }
        let wanted = Dictionary(uniqueKeysWithValues: (0..<members).map { (ByteString("m\($0)"), Set(topics.map(\.id))) })
        let target = assignor.assign(topics, subscriptions: wanted, current: [:])
        for topic in topics {
            let shares = wanted.keys.map { target[$0]?[topic.id] ?? [] }
            #expect(shares.reduce(0) { $0 + $1.count } == Int(topic.partitions))
            #expect(Set(shares.joined()) == Set(0..<topic.partitions))
            #expect((shares.map(\.count).max() ?? 0) - (shares.map(\.count).min() ?? 0) <= 1)
        }
        // Assigned again, nothing moves.
        let again = Assignor.uniform.assign(topics, subscriptions: wanted, current: target)
        if assignor == .uniform { #expect(again == target) }
    }
}

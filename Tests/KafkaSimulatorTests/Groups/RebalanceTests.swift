import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite struct RebalanceTests {
    /// Two members, both joined, both with their part.
    func pair() throws -> (stage: GroupStage, leader: ByteString, follower: ByteString) {
        var stage = GroupStage()
        let (first, _) = stage.enter()
        stage.sync(first, generation: 1, assign: [first: [1]])
        let (second, waits) = stage.enter()
        #expect(stage.joined(waits) == nil)
        #expect(stage.heartbeat(first, generation: 1) == .rebalanceInProgress)
        let again = stage.join(first)
        let leading = try #require(stage.joined(again))
        let following = try #require(stage.joined(waits))
        #expect(leading.generationId == 2 && following.generationId == 2)
        #expect(leading.leader == first && following.leader == first)
        #expect(leading.members.map(\.memberId) == [first, second])
        #expect(following.members.isEmpty)
        let patient = stage.sync(second, generation: 2)
        #expect(stage.synced(patient) == nil)
        let bringing = stage.sync(first, generation: 2, assign: [first: [7], second: [8]])
        #expect(stage.synced(bringing)?.assignment == Blob([7]))
        #expect(stage.synced(patient)?.assignment == Blob([8]))
        #expect(stage.state == "Stable")
        return (stage, first, second)
    }

    @Test func aSecondMemberWaitsUntilTheFirstJoinsAgainAndBothGetTheirPart() throws { _ = try pair() }

    @Test func whoLeavesMakesTheOthersMeetAgainAndTheLeaderIsSucceeded() throws {
        var (stage, first, second) = try pair()
        #expect(stage.leave(first) == ErrorCode.none)
        #expect(stage.state == "PreparingRebalance")
        #expect(stage.heartbeat(second, generation: 2) == .rebalanceInProgress)
        let alone = try #require(stage.joined(stage.join(second)))
        #expect(alone.generationId == 3)
        #expect(alone.leader == second)
    }

    @Test func aMemberThatDoesNotJoinAgainInTimeIsOut() throws {
        var (stage, first, second) = try pair()
        let (third, token) = stage.enter()
        stage.join(first, rebalance: 60_000)
        // The second stays alive by heartbeats and yet does not join.
        for _ in 0..<5 {
            stage.pass(.seconds(11))
            #expect(stage.heartbeat(second, generation: 2) == .rebalanceInProgress)
        }
        #expect(stage.joined(token) == nil)
        stage.pass(.seconds(6))
        #expect(stage.joined(token)?.generationId == 3)
        #expect(stage.coordinator.classic(GroupStage.group)?.members.map(\.id) == [first, third])
        #expect(stage.heartbeat(second, generation: 2) == .unknownMemberId)
    }

    @Test func aSilentMemberLosesItsSessionAndAnHeartbeatKeepsIt() throws {
        var (stage, first, second) = try pair()
        stage.pass(.seconds(20))
        #expect(stage.heartbeat(first, generation: 2) == .none)
        stage.pass(.seconds(10))
        #expect(stage.state == "PreparingRebalance")
        #expect(stage.heartbeat(second, generation: 2) == .unknownMemberId)
        #expect(stage.heartbeat(first, generation: 2) == .rebalanceInProgress)
    }

    @Test func aMemberThatJoinedAndNeverSyncsIsGivenUp() throws {
        var stage = GroupStage()
        let (first, _) = stage.enter()
        let (second, token) = stage.enter()
        // The first had not synced: its rebalance began anew when the second came.
        stage.join(first)
        #expect(stage.joined(token)?.generationId == 2)
        stage.sync(first, generation: 2, assign: [first: [1], second: [2]])
        for _ in 0..<5 {
            stage.pass(.seconds(11))
            _ = stage.heartbeat(first, generation: 2)
            _ = stage.heartbeat(second, generation: 2)
        }
        stage.pass(.seconds(6))
        #expect(stage.heartbeat(second, generation: 2) == .unknownMemberId)
        #expect(stage.heartbeat(first, generation: 2) == .rebalanceInProgress)
    }

    @Test func anIDThatIsHandedOutAndNotUsedLapses() {
        var stage = GroupStage()
        let id = stage.joined(stage.join())?.memberId ?? ""
        #expect(id.hasPrefix("client-"))
        #expect(id.count == 7 + 36)
        stage.pass(.seconds(30))
        #expect(stage.joined(stage.join(id))?.errorCode == .unknownMemberId)
    }

    @Test func anEmptyGroupWaitsForMoreMembersWhereItIsToldTo() {
        var limits = GroupLimits()
        limits.initialRebalanceDelay = .seconds(3)
        var stage = GroupStage(limits)
        let (_, first) = stage.enter()
        stage.pass(.seconds(2))
        let (_, second) = stage.enter()
        stage.pass(.seconds(1))
        // The second came late: another delay.
        #expect(stage.joined(first) == nil)
        stage.pass(.seconds(3))
        #expect(stage.joined(first)?.members.count == 2)
        #expect(stage.joined(second)?.generationId == 1)
    }

    @Test func theProtocolThatMostPreferAmongThoseThatAllKnowIsChosen() {
        var stage = GroupStage()
        let (first, _) = stage.enter(protocols: ["a", "b", "c"])
        let (_, second) = stage.enter(protocols: ["c", "b"])
        let (_, third) = stage.enter(protocols: ["c", "b"])
        stage.join(first, protocols: ["a", "b", "c"])
        #expect(stage.joined(second)?.protocolName == "c")
        #expect(stage.joined(third)?.protocolName == "c")
    }

    @Test func aStaticMemberComesBackWithoutARebalanceAndItsFormerIDIsFenced() throws {
        var stage = GroupStage()
        let (old, _) = stage.enter(instance: "one")
        #expect(old.hasPrefix("one-"))
        stage.sync(old, generation: 1, instance: "one", assign: [old: [9]])
        let back = try #require(stage.joined(stage.join(instance: "one")))
        #expect(back.errorCode == .none)
        #expect(back.generationId == 1)
        #expect(back.skipAssignment)
        #expect(back.memberId != old)
        #expect(stage.state == "Stable")
        #expect(stage.heartbeat(old, generation: 1, instance: "one") == .fencedInstanceId)
        #expect(stage.synced(stage.sync(back.memberId, generation: 1, instance: "one"))?.assignment == Blob([9]))
        #expect(stage.leave("", instance: "one") == ErrorCode.none)
        #expect(stage.state == "Empty")
    }

    @Test func answersBeforeVersionSevenHaveNoNullProtocolName() throws {
        var stage = GroupStage()
        for version: Int16 in 0...9 {
            let token = stage.join("stranger", version: version)
            let answer = try #require(stage.joined(token))
            _ = try Frame.encodeResponse(answer, to: JoinGroupRequest.self, version: version, correlationID: 1)
        }
    }

    @Test func sessionTimeOutsOutsideTheBrokersLimitsAreRefused() {
        var stage = GroupStage()
        #expect(stage.joined(stage.join(session: 5_999))?.errorCode == .invalidSessionTimeout)
        #expect(stage.joined(stage.join(session: 1_800_001))?.errorCode == .invalidSessionTimeout)
    }

    @Test func theSameSeedGivesTheSameIDs() {
        var (one, two) = (GroupStage(), GroupStage())
        #expect(one.enter().id == two.enter().id)
    }
}

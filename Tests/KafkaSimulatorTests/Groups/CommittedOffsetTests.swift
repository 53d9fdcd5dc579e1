import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite struct CommittedOffsetTests {
    @Test func offsetsBelowZeroAndBeyondAnyEndAreKept() {
        var stage = GroupStage()
        #expect(stage.commit(offset: -5) == [.none])
        #expect(stage.commit(offset: 12_345, partitions: 1..<2) == [.none])
        #expect(stage.fetch().topics.first?.partitions.map(\.committedOffset) == [-5, 12_345])
    }

    @Test func metadataKeepsNULAndLosesWhatIsNotUTF8() {
        var stage = GroupStage()
        #expect(stage.commit(metadata: ByteString(bytes: [0xFF, 0xFE, 0x61, 0])) == [.none])
        let kept = stage.fetch().topics.first?.partitions.first?.metadata
        #expect(kept == ByteString(bytes: [0xEF, 0xBF, 0xBD, 0xEF, 0xBF, 0xBD, 0x61, 0]))
    }

    @Test func absentMetadataComesBackEmpty() {
        var stage = GroupStage()
        _ = stage.commit(metadata: nil)
        #expect(stage.fetch().topics.first?.partitions.first?.metadata == "")
    }

    @Test func metadataAboveTheLimitIsRefusedForItsPartitionAlone() {
        var stage = GroupStage()
        let limit = ByteString(bytes: Array(repeating: UInt8(ascii: "m"), count: 4096))
        #expect(stage.commit(metadata: limit) == [.none])
        #expect(stage.commit(metadata: limit + "m", partitions: 1..<2) == [.offsetMetadataTooLarge])
        #expect(stage.fetch().topics.first?.partitions.map(\.partitionIndex) == [0])
    }

    @Test func aCommitAboveOneMebibyteFailsAsAWholeAndKeepsNothing() {
        var stage = GroupStage()
        let note = ByteString(bytes: Array(repeating: UInt8(ascii: "n"), count: 100))
        let refused = stage.commit(metadata: note, partitions: 0..<9000)
        #expect(refused.count == 9000)
        #expect(refused.allSatisfy { $0 == .unknownServerError })
        #expect(stage.fetch().topics.isEmpty)
        #expect(stage.commit(partitions: 0..<9000).allSatisfy { $0 == .none })
    }

    @Test func aPositionThatWasNeverCommittedIsMinusOne() {
        var stage = GroupStage()
        _ = stage.commit()
        let answer = stage.fetch(["orders": [0, 4], "unheard-of": [0]])
        #expect(answer.errorCode == .none)
        #expect(answer.topics.map { $0.partitions.map(\.committedOffset) } == [[5, -1], [-1]])
        #expect(stage.fetch(group: "nobody's").topics.isEmpty)
    }

    @Test func aFirstCommitInAnOpenTransactionIsLeftOutOfAllAndUnstableByName() {
        var stage = GroupStage()
        let value = CommittedOffset(offset: 88, leaderEpoch: -1, metadata: "in a transaction", committed: stage.clock)
        stage.coordinator.stage(value, group: GroupStage.group, topic: "orders", partition: 0, producer: 1)
        #expect(stage.fetch(stable: true).topics.isEmpty)
        #expect(stage.fetch(["orders": [0]], stable: true).topics.first?.partitions.first?.errorCode == .unstableOffsetCommit)
        #expect(stage.fetch(["orders": [0]]).topics.first?.partitions.first?.committedOffset == -1)
        _ = stage.commit(offset: 3)
        #expect(stage.fetch(stable: true).topics.first?.partitions.first?.errorCode == .unstableOffsetCommit)
        stage.coordinator.settle(producer: 1, committed: true)
        #expect(stage.fetch(stable: true).topics.first?.partitions.first?.committedOffset == 88)
    }

    @Test func anAbortedTransactionLeavesWhatWasThere() {
        var stage = GroupStage()
        _ = stage.commit(offset: 3)
        let value = CommittedOffset(offset: 88, leaderEpoch: -1, metadata: nil, committed: stage.clock)
        stage.coordinator.stage(value, group: GroupStage.group, topic: "orders", partition: 0, producer: 1)
        stage.coordinator.settle(producer: 1, committed: false)
        #expect(stage.fetch(stable: true).topics.first?.partitions.first?.committedOffset == 3)
    }

    @Test func aDeletedTopicTakesItsPositionsAlong() {
        var stage = GroupStage()
        _ = stage.commit()
        _ = stage.commit(topic: "payments")
        stage.coordinator.topicDeleted("orders")
        #expect(stage.fetch().topics.map(\.name) == ["payments"])
    }

    @Test func groupsWhoseIDsLookAlikeAreTwo() {
        var stage = GroupStage()
        #expect(stage.commit(offset: 1, group: "caf\u{E9}") == [.none])
        #expect(stage.commit(offset: 2, group: "cafe\u{301}") == [.none])
        #expect(stage.coordinator.groupIDs.count == 2)
        #expect(stage.fetch(group: "caf\u{E9}").topics.first?.partitions.first?.committedOffset == 1)
    }

    @Test func positionsOfAnEmptyGroupExpireAndThenTheGroupIsGone() {
        var stage = GroupStage()
        stage.pass(.zero)
        _ = stage.commit()
        stage.pass(.seconds(6 * 24 * 3600))
        _ = stage.commit(topic: "later")
        stage.pass(.seconds(24 * 3600))
        #expect(stage.fetch().topics.map(\.name) == ["later"])
        stage.pass(.seconds(6 * 24 * 3600))
        #expect(stage.coordinator.groups.isEmpty)
    }

    @Test func deletingPositionsLeavesTheGroup() {
        var stage = GroupStage()
        _ = stage.commit()
        #expect(stage.deleteOffsets() == (.none, [.none]))
        #expect(stage.fetch().topics.isEmpty)
        #expect(stage.state == "Empty")
    }

    @Test(arguments: [(ByteString("settlement"), Int32(49)), ("", 0), ("polygenelubricants", 0)])
    func groupsLiveWhereJavaWouldPutThem(_ group: ByteString, _ partition: Int32) {
        // "polygenelubricants" hashes to the least 32-bit number.
        #expect(ClusterState.partition(of: group, among: 50) == partition)
    }
}

import Bytes
import KafkaClient
import KafkaProtocol
import Seams
import Testing

@testable import Resources

/// A topic of which metadata tells a part is not a smaller topic.
@Suite struct TopicShapeTests {
    /// Metadata that leaves out a partition in the middle of a topic.
    @Test func aTopicWithAHoleIsNotASmallerTopic() {
        func topic(_ indexes: [Int32], error: ErrorCode = .none, replicas: [Int32] = [1]) -> TopicDescription {
            TopicDescription(
                name: "t",
                partitions: indexes.map {
                    PartitionDescription(index: $0, leader: 1, replicas: replicas, inSyncReplicas: [1], error: error)
                })
        }
        #expect(topic([0, 1, 2]).flaw == nil)
        #expect(topic([2, 0, 1]).flaw == nil)
        #expect(topic([0, 2]).flaw?.contains("leaves out partition 1") == true)
        #expect(topic([1, 2]).flaw?.contains("leaves out partition 0") == true)
        #expect(topic([]).flaw != nil)
        #expect(topic([0, 0, 1]).flaw != nil)
        #expect(topic([-1, 0]).flaw != nil)
        #expect(topic([0, 1], error: .leaderNotAvailable).flaw == nil, "a partition without a leader is told as well as any")
        #expect(topic([0, 1], error: .unknownServerError).flaw?.contains("partition 0") == true)
        #expect(topic([0, 1], replicas: []).flaw?.contains("no replica") == true)
    }

    private static func holdings(_ metadata: [Int32], disk: [Int32], error: ErrorCode = .none) -> Holdings {
        Holdings(disks(disk, error: error), named: [described(metadata)])
    }

    private static func described(_ indexes: [Int32]) -> TopicDescription {
        TopicDescription(
            name: "t", partitions: indexes.map { PartitionDescription(index: $0, leader: 1, replicas: [1], inSyncReplicas: [1]) })
    }

    private static func disks(_ partitions: [Int32], error: ErrorCode = .none) -> Sharded<[Int32: [LogDir]]> {
        let held = Dictionary(uniqueKeysWithValues: partitions.map { (TopicPartition("t", $0), Int64(0)) })
        return Sharded([1: [LogDir(path: "/d", error: error, partitions: held)]])
    }

    @Test func whatTheDisksHoldBeyondMetadataIsMissedUntilMetadataHasItOrTheDisksHaveNot() {
        var holdings = Self.holdings([0], disk: [0, 1, 2])
        #expect(holdings.partitions.hidden == [TopicPartition("t", 1), TopicPartition("t", 2)] && !holdings.isSettled)
        holdings.see([Self.described([0, 1])])
        #expect(holdings.partitions.fresh == [TopicPartition("t", 1)])
        holdings.see(Self.disks([0, 1]))
        #expect(holdings.isSettled && holdings.partitions.hidden.isEmpty)
        // A partition whose broker is down is on no disk, and in metadata.
        #expect(Self.holdings([0, 1], disk: [0]).isSettled)
    }

    @Test func aFailedDirectoryIsNamed() {
        let failed = Self.disks([], error: .kafkaStorageError)
        #expect(failed.failedDirectories.map(\.what) == ["what log directory /d of broker 1 holds"])
        #expect(Self.disks([0]).failedDirectories.isEmpty)
    }

    /// Every set of rules that covers some name covers one of the names that are tried.
    @Test(arguments: UInt64(0)..<200) func everySetOfRulesIsTried(_ seed: UInt64) throws {
        let chance = SeededChance(seed: seed)
        func name() -> ByteString {
            ByteString(String((0..<chance.number(in: 1...4)).map { _ in ["a", "b", "-"][chance.number(in: 0...2)] }.joined()))
        }
        let rules = (0..<chance.number(in: 0...12)).map { _ in
            AclBinding(
                .deny, "User:x", .describe, .topic, chance.number(in: 0...5) == 0 ? "*" : name(),
                patternType: chance.number(in: 0...1) == 0 ? .literal : .prefixed)
        }
        func covering(_ name: ByteString) -> Set<AclBinding> {
            Set(
                rules.filter {
                    $0.patternType == .literal ? $0.resourceName == name || $0.resourceName == "*" : name.hasPrefix($0.resourceName)
                })
        }
        let tried = Set(try #require(TopicSight.representatives(of: rules)).map(covering))
        for _ in 0..<200 {
            let name = name() + (chance.number(in: 0...1) == 0 ? "" : "zz")
            #expect(tried.contains(covering(name)), "\(name) of \(rules)")
        }
    }

    @Test func aLongPrefixIsANameByItself() throws {
        let long = ByteString(String(repeating: "x", count: 249))
        let names = try #require(
            TopicSight.representatives(of: [AclBinding(.deny, "User:x", .describe, .topic, long, patternType: .prefixed)]))
        #expect(names.contains(long) && names.count == 2)
    }
}

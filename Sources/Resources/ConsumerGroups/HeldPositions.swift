import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

/// Which partitions of the offsets topic hold commits of transactions that are under way.
///
/// A partition whose last stable offset lies below its end holds some, whoever's they are: that takes DESCRIBE on
/// `__consumer_offsets`, and no right on any transactional id. Where it cannot be told, the transactions that this user is shown
/// have to do, and the section is limited.
struct HeldPositions {
    /// Partitions that may hold commits back.
    var partitions: Set<Int32> = []
    /// How many partitions the topic has; 0 where there is none, or it is hidden.
    var count: Int32 = 0
    /// Ends of the logs at the first look, by partition: what held commits back then lies below.
    private var ends: [Int32: Int64] = [:]
    var unread: [SectionState.UnreadPart] = []
    /// Why commits may be held back unseen.
    var limited: String?

    private static let topic: ByteString = "__consumer_offsets"

    static func look(_ sweep: Sweep) async throws -> HeldPositions {
        var held = HeldPositions()
        guard let topic = try await sweep.client.describeTopics([topic]).first else { return held }
        if topic.error.isAuthorizationFailure {
            held.limited = "without DESCRIBE on the topic __consumer_offsets nobody can tell which positions hidden transactions hold back"
        }
        held.count = Int32(clamping: topic.partitions.count)
        let all = topic.partitions.map { TopicPartition(topic.name, $0.index) }
        // The ends first: what is stable up to there was decided before the second look.
        let ends = try await sweep.client.listOffsets(all, at: .latest)
        let stable = try await sweep.client.listOffsets(all, at: .latest, isolation: .readCommitted)
        var untold: Set<Int32> = []
        for partition in all {
            guard let end = ends.value[partition]?.knownOffset, let bound = stable.value[partition]?.knownOffset else {
                untold.insert(partition.partition)
                continue
            }
            if bound < end {
                held.partitions.insert(partition.partition)
                held.ends[partition.partition] = end
            }
        }
        if !untold.isEmpty || all.isEmpty {
            let open = try await OpenTransactions.look(at: sweep.describeCluster(), sweep.client)
            held.partitions.formUnion(open.holders.keys)
            held.unread += open.unread
        }
        if !untold.isEmpty {
            let isForbidden = untold.contains { (ends.value[TopicPartition(topic.name, $0)]?.error ?? .none).isAuthorizationFailure }
            if isForbidden {
                held.limited =
                    "without DESCRIBE on the topic __consumer_offsets nobody can tell which positions hidden transactions hold back"
            } else {
                held.unread.append(
                    SectionState.UnreadPart(
                        what: "positions held back in \(untold.count.counted("partition")) of __consumer_offsets",
                        why: (ends.unread + stable.unread).first?.error.message ?? "their leaders did not tell where their logs end"))
            }
        }
        return held
    }

    /// Of `doubtful` partitions, those that hold the same commits back still.
    func stillHolding(_ doubtful: Set<Int32>, _ client: KafkaClient) async throws -> Set<Int32> {
        let asked = doubtful.filter { ends[$0] != nil }.sorted().map { TopicPartition(Self.topic, $0) }
        guard !asked.isEmpty else { return [] }
        let stable = try await client.listOffsets(asked, at: .latest, isolation: .readCommitted)
        // Where it is not told any more, nothing has been shown to have ended.
        return Set(asked.map(\.partition).filter { (stable.value[TopicPartition(Self.topic, $0)]?.knownOffset ?? -1) < ends[$0] ?? 0 })
    }
}

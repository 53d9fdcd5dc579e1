import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

/// The target's logs, as far as positions to restore stand on them.
struct TargetLogs {
    private var bounds: [TopicPartition: ClosedRange<Int64>] = [:]
    private var toCome: [ByteString: Int] = [:]
    private var present: [ByteString: Int] = [:]

    init(of documents: [PositionDocument], _ context: ProposalContext) async throws {
        for (id, count) in context.topicsToCome { toCome[id.parts[0]] = count }
        let topics = try await context.target.client.describeTopics(nil)
        for topic in topics where !topic.error.isError { present[topic.name] = topic.partitions.count }
        let asked = Set(
            documents.flatMap { document in document.positions.keys.map { TopicPartition(document.topic, $0) } }
        ).filter { (present[$0.topic] ?? 0) > Int($0.partition) }.sorted()
        let starts = try await context.target.client.listOffsets(asked, at: .earliest)
        let ends = try await context.target.client.listOffsets(asked, at: .latest)
        for partition in asked {
            if let start = starts.value[partition]?.knownOffset, let end = ends.value[partition]?.knownOffset, start <= end {
                bounds[partition] = start...end
            }
        }
    }

    /// Whether the target has no record on any partition of the document.
    func isEmpty(_ document: PositionDocument) -> Bool {
        document.positions.keys.allSatisfy { partition in
            let range = bounds[TopicPartition(document.topic, partition)]
            return range == nil || range?.lowerBound == range?.upperBound
        }
    }

    func place(
        _ offset: Int64, _ topic: ByteString, _ partition: Int32, _ mode: OffsetMode
    ) -> (offset: Int64?, effect: PositionChange.Effect) {
        let range: ClosedRange<Int64>
        if let known = bounds[TopicPartition(topic, partition)] {
            range = known
        } else if (toCome[topic] ?? 0) > Int(partition) {
            // A topic made by this restore begins empty.
            range = 0...0
        } else if present[topic] != nil {
            return (nil, .refused("the target's topic \(topic) has no readable partition \(partition)"))
        } else {
            return (nil, .refused("the target has no topic \(topic)"))
        }
        switch mode {
        case .exact where offset < 0:
            return (nil, .refused("the captured position \(offset) lies below zero: choose with --offsets bounded or start"))
        case .exact: return (offset, range.contains(offset) ? .exact : .outside)
        case .start: return (range.lowerBound, offset == range.lowerBound ? .exact : .clamped(from: offset))
        case .bounded:
            let bounded = min(max(offset, range.lowerBound), range.upperBound)
            return (bounded, bounded == offset ? .exact : .clamped(from: offset))
        case .none: return (nil, .refused("no position is restored, as asked"))
        }
    }
}

public import Bytes
public import KafkaClient

/// How far consumer groups are behind: the largest of them.
public struct ConsumerLag: Sendable, Hashable {
    public struct Group: Sendable, Hashable {
        public var group: ByteString
        /// Records, of the partition on which it is furthest behind.
        public var most: Int64
    }

    public struct OnTopic: Sendable, Hashable {
        public var group: ByteString
        public var topic: ByteString
        /// Records, of all partitions together.
        public var records: Int64
    }

    /// With committed positions, whether their lag is known or not.
    public var groups: Int
    public var byGroup: Largest<Group>
    public var byTopic: Largest<OnTopic>

    /// - Parameters:
    ///   - positions: the committed ones, by group.
    ///   - ends: of logs. A position whose log end is not known has no lag.
    public init(
        positions: [ByteString: [TopicPartition: Int64]], ends: [TopicPartition: Int64], limits: MeasurementLimits = .standard
    ) {
        var perGroup: [Group] = []
        var perTopic: [OnTopic] = []
        groups = 0
        for (group, partitions) in positions where !partitions.isEmpty {
            groups += 1
            var sums: [ByteString: Int64] = [:]
            var most: Int64?
            for (partition, position) in partitions {
                guard let end = ends[partition] else { continue }
                let (distance, overflow) = end.subtractingReportingOverflow(position)
                let lag = overflow ? Int64.max : max(0, distance)
                most = max(most ?? 0, lag)
                sums[partition.topic] = (sums[partition.topic] ?? 0).addingClamped(lag)
            }
            if let most { perGroup.append(Group(group: group, most: most)) }
            for (topic, records) in sums { perTopic.append(OnTopic(group: group, topic: topic, records: records)) }
        }
        byGroup = Largest(perGroup, limit: limits.groups) { $0.most == $1.most ? $0.group < $1.group : $0.most > $1.most }
        byTopic = Largest(perTopic, limit: limits.groupTopics) {
            $0.records == $1.records ? ($0.group, $0.topic) < ($1.group, $1.topic) : $0.records > $1.records
        }
    }
}

extension Int64 {
    /// The sum of two numbers that are not negative, or the greatest there is.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

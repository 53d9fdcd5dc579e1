public import Bytes
public import KafkaClient
public import KafkaProtocol

/// Where logs ended at a moment, to tell by a later look how fast they grow.
public struct LogEnds: Sendable, Hashable {
    struct Topic: Sendable, Hashable {
        /// Zero where the brokers have none.
        var id: KafkaUUID
        /// Ascending, and where each log ended.
        var partitions: [Int32]
        var ends: [Int64]

        /// Of all partitions together; a topic that was long busy has a large one.
        var total: Int64 { ends.reduce(0) { $0.addingClamped($1) } }
    }

    public struct Rate: Sendable, Hashable {
        public var topic: ByteString
        /// Records a second; 0 or more.
        public var perSecond: Double
    }

    /// When they were read, by uptime.
    public var uptime: Duration
    private(set) var topics: [ByteString: Topic] = [:]
    /// Topics that were left out, as more partitions were read than are remembered.
    public private(set) var omitted = 0

    /// - Parameters:
    ///   - ends: of each partition that was asked for and answered.
    ///   - ids: of topics, as far as they are known.
    public init(
        _ ends: [TopicPartition: Int64], ids: [ByteString: KafkaUUID], at uptime: Duration, limits: MeasurementLimits = .standard
    ) {
        self.uptime = uptime
        var found = Dictionary(grouping: ends.sorted { $0.key < $1.key }, by: \.key.topic).mapValues { rows in
            rows.map { (partition: $0.key.partition, end: $0.value) }
        }.map { name, rows in
            (name: name, topic: Topic(id: ids[name] ?? .zero, partitions: rows.map(\.partition), ends: rows.map(\.end)))
        }
        if ends.count > limits.partitions {
            found.sort { $0.topic.total == $1.topic.total ? $0.name < $1.name : $0.topic.total > $1.topic.total }
        }
        var left = limits.partitions
        for (name, topic) in found {
            guard topic.partitions.count <= left else {
                omitted += 1
                continue
            }
            left -= topic.partitions.count
            topics[name] = topic
        }
    }

    /// How many records a second came to each topic since `earlier`, over the time that really passed between the two.
    ///
    /// A topic has no rate where nothing can be said: it is new or was made anew, none of its partitions was read both times, or one of its
    /// logs ends further back than it did.
    public func rates(since earlier: LogEnds, limits: MeasurementLimits = .standard) -> Largest<Rate> {
        let (seconds, attoseconds) = (uptime - earlier.uptime).components
        let passed = Double(seconds) + Double(attoseconds) / 1e18
        guard passed > 0 else { return Largest([], limit: 0) { _, _ in false } }
        var rates: [Rate] = []
        for (name, topic) in topics {
            guard let before = earlier.topics[name], let moved = topic.moved(since: before) else { continue }
            rates.append(Rate(topic: name, perSecond: Double(moved) / passed))
        }
        return Largest(rates, limit: limits.rates) { $0.perSecond == $1.perSecond ? $0.topic < $1.topic : $0.perSecond > $1.perSecond }
    }
}

extension LogEnds.Topic {
    /// How far the ends of the partitions went that both have; nil where that means nothing.
    func moved(since before: LogEnds.Topic) -> Int64? {
        guard id == before.id else { return nil }
        var sum: Int64 = 0
        var isCommon = false
        var next = 0
        for (partition, end) in zip(partitions, ends) {
            while next < before.partitions.count, before.partitions[next] < partition { next += 1 }
            guard next < before.partitions.count, before.partitions[next] == partition else { continue }
            guard end >= before.ends[next] else { return nil }
            sum = sum.addingClamped(end - before.ends[next])
            isCommon = true
        }
        return isCommon ? sum : nil
    }
}

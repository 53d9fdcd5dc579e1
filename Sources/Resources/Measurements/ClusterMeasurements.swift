import KafkaClient
public import Seams

/// What a sweep happened to read that says how a cluster is doing: taken from it without a call of its own, and bounded in size.
public struct ClusterMeasurements: Sendable, Hashable {
    /// When it was taken.
    public var moment: Timestamp
    /// The same by uptime, to measure its age and the time between two.
    public var uptime: Duration
    public var brokers: Int
    /// Nil where topics were not read.
    public var partitions: PartitionHealth?
    /// Nil where positions were not read.
    public var lag: ConsumerLag?
    /// Nil where positions were not read.
    public var ends: LogEnds?

    public init(
        moment: Timestamp, uptime: Duration, brokers: Int, partitions: PartitionHealth? = nil, lag: ConsumerLag? = nil, ends: LogEnds? = nil
    ) {
        self.moment = moment
        self.uptime = uptime
        self.brokers = brokers
        self.partitions = partitions
        self.lag = lag
        self.ends = ends
    }
}

/// How many series of a sort are kept, so that a cluster with a million groups costs no more than this.
public struct MeasurementLimits: Sendable, Hashable {
    /// Groups with their largest lag.
    public var groups = 500
    /// Groups with their lag on a topic.
    public var groupTopics = 1000
    /// Topics with their rate.
    public var rates = 1000
    /// Partitions whose ends are remembered until the next sweep: 12 bytes each.
    public var partitions = 200_000

    public init() {}

    public static let standard = MeasurementLimits()
}

/// The largest of many, and how many more there were.
public struct Largest<Item: Sendable & Hashable>: Sendable, Hashable {
    /// The largest first.
    public var kept: [Item]
    public var omitted: Int

    public init(_ items: [Item], limit: Int, by isLarger: (Item, Item) -> Bool) {
        kept = Array(items.sorted(by: isLarger).prefix(max(0, limit)))
        omitted = items.count - kept.count
    }
}

/// How the partitions of a cluster are.
public struct PartitionHealth: Sendable, Hashable {
    public var topics = 0
    public var partitions = 0
    public var leaderless = 0
    /// Fewer in-sync replicas than replicas.
    public var underReplicated = 0

    public init() {}

    init(_ described: [TopicDescription]) {
        for topic in described where !topic.error.isError {
            topics += 1
            partitions += topic.partitions.count
            for partition in topic.partitions {
                if partition.leader == nil { leaderless += 1 }
                if partition.inSyncReplicas.count < partition.replicas.count { underReplicated += 1 }
            }
        }
    }
}

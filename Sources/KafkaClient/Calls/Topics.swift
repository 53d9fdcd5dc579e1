public import Bytes
public import KafkaProtocol

/// One partition as Metadata shows it.
public struct PartitionDescription: Sendable, Equatable {
    public var index: Int32
    /// Nil: no leader.
    public var leader: Int32?
    /// −1 where the broker is too old to tell.
    public var leaderEpoch: Int32
    /// In the order of the assignment: the first is the preferred leader.
    public var replicas: [Int32]
    public var inSyncReplicas: [Int32]
    public var offlineReplicas: [Int32]
    public var error: ErrorCode

    public init(
        index: Int32, leader: Int32?, leaderEpoch: Int32 = -1, replicas: [Int32], inSyncReplicas: [Int32], offlineReplicas: [Int32] = [],
        error: ErrorCode = .none
    ) {
        self.index = index
        self.leader = leader
        self.leaderEpoch = leaderEpoch
        self.replicas = replicas
        self.inSyncReplicas = inSyncReplicas
        self.offlineReplicas = offlineReplicas
        self.error = error
    }
}

/// One topic as Metadata shows it.
public struct TopicDescription: Sendable, Equatable {
    public var name: ByteString
    /// Zero where the broker is too old to have ids (before 2.8).
    public var id: KafkaUUID
    public var isInternal: Bool
    /// Such as UNKNOWN_TOPIC_OR_PARTITION (3) for a topic asked for by name.
    public var error: ErrorCode
    /// Indexes ascending.
    public var partitions: [PartitionDescription]

    public init(
        name: ByteString, id: KafkaUUID = .zero, isInternal: Bool = false, error: ErrorCode = .none, partitions: [PartitionDescription] = []
    ) {
        self.name = name
        self.id = id
        self.isInternal = isInternal
        self.error = error
        self.partitions = partitions.sorted { $0.index < $1.index }
    }
}

extension KafkaClient {
    /// Describes topics, names ascending: all that this user may see (nil), in one call, or those named, 1,000 a call. A named topic
    /// that does not exist is there with error 3. Never creates one.
    public func describeTopics(_ names: [ByteString]? = nil) async throws(KafkaError) -> [TopicDescription] {
        guard let names else {
            return try await metadata(topics: nil).topics.compactMap(TopicDescription.init).sorted { $0.name < $1.name }
        }
        let wanted = Set(names)
        var found: [ByteString: TopicDescription] = [:]
        for batch in wanted.sorted().batches(of: Self.topicsPerCall) {
            // An old broker answers with all topics.
            for topic in try await metadata(topics: batch).topics.compactMap(TopicDescription.init) where wanted.contains(topic.name) {
                found[topic.name] = topic
            }
        }
        return wanted.sorted().map { found[$0] ?? TopicDescription(name: $0, error: .unknownTopicOrPartition) }
    }
}

extension TopicDescription {
    /// Nil for a topic without a name, which only a request by id can bring about.
    init?(_ topic: MetadataResponse.MetadataResponseTopic) {
        guard let name = topic.name else { return nil }
        self.init(
            name: name, id: topic.topicId, isInternal: topic.isInternal, error: topic.errorCode,
            partitions: topic.partitions.map {
                PartitionDescription(
                    index: $0.partitionIndex, leader: $0.leaderId < 0 ? nil : $0.leaderId, leaderEpoch: $0.leaderEpoch,
                    replicas: $0.replicaNodes, inSyncReplicas: $0.isrNodes, offlineReplicas: $0.offlineReplicas, error: $0.errorCode)
            })
    }
}

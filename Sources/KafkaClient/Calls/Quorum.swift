import KafkaProtocol

/// The Raft quorum behind a KRaft cluster.
public struct QuorumDescription: Sendable, Equatable {
    public struct Replica: Sendable, Equatable {
        public var id: Int32
        /// Next offset of its copy of the metadata log.
        public var logEndOffset: Int64
        /// Milliseconds since the epoch; nil where the leader does not know.
        public var lastCaughtUp: Int64?
    }

    public var leaderID: Int32
    public var leaderEpoch: Int32
    /// What a majority holds of the metadata log.
    public var highWatermark: Int64
    /// Ids ascending.
    public var voters: [Replica]
    public var observers: [Replica]
}

extension KafkaClient {
    /// Throws `.unsupported` where there is no such call or no such quorum (ZooKeeper), and an error with `isNotAuthorized`
    /// where the user may not see it.
    public func describeQuorum() async throws(KafkaError) -> QuorumDescription {
        var request = DescribeQuorumRequest()
        var topic = DescribeQuorumRequest.TopicData()
        topic.topicName = "__cluster_metadata"
        topic.partitions = [DescribeQuorumRequest.TopicData.PartitionData()]
        request.topics = [topic]
        let answer = try await send(
            request, to: .anyBroker,
            failure: { $0.errorCode.isError ? $0.errorCode : $0.topics.first?.partitions.first?.errorCode ?? .unknownServerError })
        guard let partition = answer.topics.first?.partitions.first else { throw .unsupported(.describeQuorum, theirs: nil) }
        func replicas(_ list: [DescribeQuorumResponse.ReplicaState]) -> [QuorumDescription.Replica] {
            list.map {
                QuorumDescription.Replica(
                    id: $0.replicaId, logEndOffset: $0.logEndOffset,
                    lastCaughtUp: $0.lastCaughtUpTimestamp < 0 ? nil : $0.lastCaughtUpTimestamp)
            }.sorted { $0.id < $1.id }
        }
        return QuorumDescription(
            leaderID: partition.leaderId, leaderEpoch: partition.leaderEpoch, highWatermark: partition.highWatermark,
            voters: replicas(partition.currentVoters), observers: replicas(partition.observers))
    }
}

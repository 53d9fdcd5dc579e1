import KafkaProtocol

/// A partition on its way to other brokers (KIP-455), as the controller tells it.
public struct PartitionReassignment: Sendable, Equatable {
    /// All replicas while it lasts, old and new together, as Metadata lists them.
    public var replicas: [Int32]
    /// Those of them that were not there before.
    public var adding: [Int32]
    /// Those of them that go in the end.
    public var removing: [Int32]

    public init(replicas: [Int32], adding: [Int32], removing: [Int32]) {
        self.replicas = replicas
        self.adding = adding
        self.removing = removing
    }

    /// The replicas that are wanted, in the order of the assignment.
    public var target: [Int32] { replicas.filter { !removing.contains($0) } }
}

extension KafkaClient {
    /// Every partition that is on its way to other brokers. Needs cluster DESCRIBE; throws `.unsupported` before Kafka 2.4.
    public func listPartitionReassignments() async throws(KafkaError) -> [TopicPartition: PartitionReassignment] {
        let answer = try await send(ListPartitionReassignmentsRequest(), to: .controller, failure: { $0.errorCode })
        var moves: [TopicPartition: PartitionReassignment] = [:]
        for topic in answer.topics {
            for partition in topic.partitions {
                moves[TopicPartition(topic.name, partition.partitionIndex)] = PartitionReassignment(
                    replicas: partition.replicas, adding: partition.addingReplicas, removing: partition.removingReplicas)
            }
        }
        return moves
    }
}

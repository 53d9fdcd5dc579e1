import Bytes
import KafkaClient
import SnapshotModel

/// Which partitions are on their way to other brokers. While one is, metadata lists its old and its new replicas together, up to twice as
/// many as anybody wants; only the controller tells them apart.
///
/// Where it does not, the in-sync sets do in part: a reassignment ends as soon as all new replicas are in sync, so a partition of which every
/// replica is in sync is on no way. Of the others nobody can tell whether a replica lags behind or is new.
struct ReplicaMoves: Equatable {
    enum Account: Equatable {
        case told([TopicPartition: PartitionReassignment])
        /// Nobody tells this user, or nobody at all: with the reason.
        case withheld(String)
        /// The question failed.
        case failed(String)
    }

    private(set) var account: Account

    init(_ account: Account) { self.account = account }

    /// Asked between two looks at the metadata: where these agree, the answer belongs to both.
    static func look(_ client: KafkaClient) async throws(KafkaError) -> ReplicaMoves {
        do throws(KafkaError) {
            return ReplicaMoves(.told(try await client.listPartitionReassignments()))
        } catch {
            if error.code == .cancelled { throw error }
            if error.code.isNotAuthorized { return ReplicaMoves(.withheld("without DESCRIBE on the cluster")) }
            if error.code == .unsupported { return ReplicaMoves(.withheld("as these brokers do not offer ListPartitionReassignments")) }
            return ReplicaMoves(.failed(error.message))
        }
    }

    func move(of partition: PartitionDescription, _ topic: ByteString) -> PartitionReassignment? {
        guard case .told(let moves) = account else { return nil }
        return moves[TopicPartition(topic, partition.index)]
    }

    /// The replicas that a partition has when it is on no way any more.
    func wanted(_ partition: PartitionDescription, _ topic: ByteString) -> [Int32] {
        move(of: partition, topic)?.target ?? partition.replicas
    }

    /// Says in a section's state for which of `topics` the replicas may be those of a reassignment.
    func judge(_ topics: [TopicDescription], _ state: inout SectionState) {
        let doubtful = topics.filter { topic in
            !topic.isInternal && topic.partitions.contains { !Set($0.replicas).isSubset(of: $0.inSyncReplicas) }
        }
        guard let first = doubtful.first else { return }
        let names = "topic \(ResourceID(first.name))" + (doubtful.count > 1 ? " and \(doubtful.count - 1) more" : "")
        switch account {
        case .told: return
        case .withheld(let reason):
            state.limited = "\(reason) nobody can tell a replica that is not in sync from one of a reassignment under way (\(names))"
        case .failed(let why): state.unread.append(SectionState.UnreadPart(what: "reassignments under way (\(names))", why: why))
        }
    }

    /// What is recorded of a topic's: by partition, the replicas that are added and removed; nil where none of its partitions is on its way.
    func evidence(of topic: TopicDescription) -> JSON? {
        var moves: [ByteString: JSON] = [:]
        for partition in topic.partitions {
            guard let move = move(of: partition, topic.name) else { continue }
            moves[ByteString("\(partition.index)")] = .object([
                "replicas": Self.list(move.replicas), "adding": Self.list(move.adding), "removing": Self.list(move.removing),
            ])
        }
        return moves.isEmpty ? nil : .object(moves)
    }

    private static func list(_ brokers: [Int32]) -> JSON { .array(brokers.map { .integer(Int64($0)) }) }
}

import Bytes
import KafkaProtocol

/// One partition by its topic's id.
struct SharedPartition: Hashable, Comparable, Sendable {
    var topic: KafkaUUID
    var partition: Int32

    static func < (left: SharedPartition, right: SharedPartition) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}

/// What each member of a share group reads, broker by broker: a ShareFetch names only what has changed since the one before.
///
/// Epoch 0 begins a session, in place of an older one; -1 ends it; others must be the next. One that is not there is error 122, an epoch
/// out of turn 123. A session ends with the connection that it began on.
struct ShareSessions: Sendable {
    struct Key: Hashable, Sendable {
        var broker: Int32
        var group: ByteString
        var member: ByteString
    }

    private struct Session: Sendable {
        /// That the next request must name.
        var epoch: Int32 = 1
        let connection: ConnectionID
        /// In the order in which they are read: those that had records go to the end.
        var partitions: [SharedPartition] = []
        /// The next answer tells of them in any case.
        var untold: Set<SharedPartition> = []

        mutating func add(_ partition: SharedPartition) {
            guard !partitions.contains(partition) else { return }
            partitions.append(partition)
            untold.insert(partition)
        }
    }

    private var sessions: [Key: Session] = [:]

    /// Takes a request in, and gives what is to be read: nothing, where the session ends with it.
    ///
    /// - Parameter limit: `group.share.max.share.sessions`, of each broker.
    mutating func open(
        _ request: ShareFetchRequest, as key: Key, on connection: ConnectionID, limit: Int
    ) throws(ShareRefusal) -> [SharedPartition] {
        let named = request.topics.flatMap { topic in
            topic.partitions.map { SharedPartition(topic: topic.topicId, partition: $0.partitionIndex) }
        }
        switch request.shareSessionEpoch {
        case -1:
            guard sessions[key] != nil else { throw ShareRefusal(.shareSessionNotFound) }
            return []
        case 0:
            // Nobody can hold anything yet.
            if request.topics.contains(where: { $0.partitions.contains { !$0.acknowledgementBatches.isEmpty } }) {
                throw ShareRefusal(.invalidRequest)
            }
            sessions[key] = nil
            if sessions.keys.count(where: { $0.broker == key.broker }) >= limit { throw ShareRefusal(.shareSessionLimitReached) }
            var session = Session(connection: connection)
            for partition in named { session.add(partition) }
            sessions[key] = session
            return session.partitions
        default:
            try advance(key, request.shareSessionEpoch)
            for partition in named { sessions[key]?.add(partition) }
            let forgotten = Set(
                request.forgottenTopicsData.flatMap { topic in
                    topic.partitions.map { SharedPartition(topic: topic.topicId, partition: $0) }
                })
            sessions[key]?.partitions.removeAll(where: forgotten.contains)
            sessions[key]?.untold.subtract(forgotten)
            return sessions[key]?.partitions ?? []
        }
    }

    /// Goes on with a session, which `epoch` must fit.
    mutating func advance(_ key: Key, _ epoch: Int32) throws(ShareRefusal) {
        guard epoch != 0 else { throw ShareRefusal(.invalidShareSessionEpoch) }
        guard let session = sessions[key] else { throw ShareRefusal(.shareSessionNotFound) }
        if epoch == -1 { return }
        guard session.epoch == epoch else { throw ShareRefusal(.invalidShareSessionEpoch) }
        sessions[key]?.epoch = epoch == .max ? 1 : epoch + 1
    }

    /// Whether an answer must tell of a partition that has nothing to tell.
    mutating func takeUntold(_ key: Key, _ partition: SharedPartition) -> Bool { sessions[key]?.untold.remove(partition) != nil }

    /// Records were read of it: the others come first next time.
    mutating func hadRecords(_ key: Key, _ partition: SharedPartition) {
        guard let index = sessions[key]?.partitions.firstIndex(of: partition) else { return }
        sessions[key]?.partitions.remove(at: index)
        sessions[key]?.partitions.append(partition)
    }

    /// Ends a session; gives what was read in it.
    mutating func end(_ key: Key) -> [SharedPartition] { sessions.removeValue(forKey: key)?.partitions ?? [] }

    mutating func keys(on connection: ConnectionID) -> [Key] { sessions.filter { $0.value.connection == connection }.map(\.key) }

    mutating func forget(broker: Int32) { sessions = sessions.filter { $0.key.broker != broker } }
}

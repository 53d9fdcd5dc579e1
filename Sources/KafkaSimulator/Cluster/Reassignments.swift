import Bytes

/// Partitions that are on their way to other brokers (KIP-455).
struct Reassignments: Sendable {
    struct Move: Sendable, Equatable {
        var original: [Int32]
        var target: [Int32]
        /// Uptime at which the new replicas have caught up.
        var due: Duration

        var adding: [Int32] { target.filter { !original.contains($0) } }
        var removing: [Int32] { original.filter { !target.contains($0) } }
        /// The replicas while it lasts.
        var replicas: [Int32] { target + removing }
    }

    /// How long new replicas take to catch up.
    var duration: Duration = .zero
    private(set) var moves: [ByteString: [Int32: Move]] = [:]

    subscript(topic: ByteString, partition: Int32) -> Move? {
        get { moves[topic]?[partition] }
        set {
            moves[topic, default: [:]][partition] = newValue
            if moves[topic]?.isEmpty == true { moves[topic] = nil }
        }
    }

    mutating func removeTopic(_ topic: ByteString) { moves[topic] = nil }

    /// What is done by `now`, in the order of names and partitions.
    func due(at now: Duration) -> [(topic: ByteString, partition: Int32, move: Move)] {
        moves.sorted { $0.key < $1.key }.flatMap { topic, partitions in
            partitions.filter { $0.value.due <= now }.sorted { $0.key < $1.key }.map { (topic, $0.key, $0.value) }
        }
    }
}

extension ClusterState {
    /// Sends a partition to other brokers, all of which exist.
    mutating func reassign(_ topic: ByteString, _ index: Int32, to target: [Int32], at now: Duration) {
        guard let replicas = topics[topic]?.partitions[Int(index)].replicas else { return }
        let move = Reassignments.Move(
            original: reassignments[topic, index]?.original ?? replicas, target: target, due: now + reassignments.duration)
        reassignments[topic, index] = move
        setReplicas(of: topic, index, move.replicas)
        // Replicas that only change their order have nothing to catch up with.
        if move.adding.isEmpty { finish(topic, index, with: target) } else { settleReassignments(at: now) }
    }

    /// False where nothing is under way.
    mutating func cancelReassignment(of topic: ByteString, _ index: Int32) -> Bool {
        guard let move = reassignments[topic, index] else { return false }
        finish(topic, index, with: move.original)
        return true
    }

    mutating func settleReassignments(at now: Duration) {
        for (topic, partition, move) in reassignments.due(at: now) {
            // Nobody catches up without a leader.
            guard let current = topics[topic]?.partitions[Int(partition)], current.leader >= 0 else { continue }
            finish(topic, partition, with: move.target)
        }
    }

    private mutating func finish(_ topic: ByteString, _ index: Int32, with replicas: [Int32]) {
        reassignments[topic, index] = nil
        setReplicas(of: topic, index, replicas)
    }

    private mutating func setReplicas(of topic: ByteString, _ index: Int32, _ replicas: [Int32]) {
        let living = Set(livingBrokers.map(\.id))
        let minimum = topics[topic].flatMap(minimumInSync)
        topics[topic]?.partitions[Int(index)].setReplicas(replicas, minimumInSync: minimum) { living.contains($0) }
        metadataOffset += 1
        recheckFetches()
    }
}

extension Partition {
    /// Other brokers hold it now; who leads goes on where it still may.
    mutating func setReplicas(_ replicas: [Int32], minimumInSync: Int?, alive: (Int32) -> Bool) {
        self.replicas = replicas
        brokersChanged(minimumInSync: minimumInSync, alive: alive)
        if !replicas.contains(leader), leader >= 0 {
            leader = -1
            leaderEpoch += 1
        }
    }
}

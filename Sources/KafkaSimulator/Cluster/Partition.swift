import KafkaProtocol

/// One partition: who holds it, who leads it, and its log (one log stands for all replicas, which never differ).
struct Partition: Sendable {
    let index: Int32
    /// In order of preference: the first one leads when all is well.
    var replicas: [Int32]
    var inSync: [Int32]
    /// Dead replicas that hold every record all the same (KIP-966), ascending: with an empty in-sync set one of them may lead.
    private(set) var eligible: [Int32] = []
    /// Who led when the in-sync set became empty; empty while somebody leads.
    private(set) var lastKnownEligible: [Int32] = []
    /// -1 while no replica is alive.
    var leader: Int32
    var leaderEpoch: Int32 = 0
    /// How many replicas must be in sync for the high watermark to move (KIP-966); 0 where that does not matter.
    private var requiredInSync = 0
    var log = PartitionLog()
    var producers = ProducerSequences()
    var transactions = PartitionTransactions()

    init(index: Int32, replicas: [Int32], alive: (Int32) -> Bool) {
        self.index = index
        self.replicas = replicas
        let living = replicas.filter(alive)
        // One at least is in sync, or nobody could ever lead.
        inSync = living.isEmpty ? Array(replicas.prefix(1)) : living
        leader = living.first ?? -1
    }

    /// A replica went down or came back: the in-sync set and, if need be, the leader follow. Nobody leads who may lack records; who
    /// lives beside a leader catches up at once.
    ///
    /// - Parameter minimumInSync: `min.insync.replicas` where eligible leader replicas are on; nil where they are not.
    mutating func brokersChanged(minimumInSync: Int?, alive: (Int32) -> Bool) {
        defer { advanceWatermark() }
        let (formerLeader, formerInSync) = (leader, inSync)
        let living = replicas.filter(alive)
        let candidates = inSync.isEmpty ? eligible : inSync
        if !living.contains(leader) { leader = living.first(where: candidates.contains) ?? -1 }
        if leader != formerLeader { leaderEpoch += 1 }
        if leader >= 0 {
            inSync = living
        } else if minimumInSync != nil {
            inSync = []
        } else {
            // The last in-sync replica stays in the set when it dies, so that nobody else may lead without its records.
            let kept = replicas.filter(inSync.contains)
            inSync = Array((kept.isEmpty ? replicas : kept).prefix(1))
        }
        guard let minimumInSync, inSync.count < min(minimumInSync, replicas.count) else {
            (eligible, lastKnownEligible) = ([], [])
            return
        }
        eligible = replicas.filter { (eligible.contains($0) || formerInSync.contains($0)) && !inSync.contains($0) }.sorted()
        if leader >= 0 {
            lastKnownEligible = []
        } else if formerLeader >= 0 {
            lastKnownEligible = [formerLeader]
        }
    }

    /// Makes `broker` lead. False where it is no in-sync replica.
    mutating func elect(_ broker: Int32) -> Bool {
        guard inSync.contains(broker) else { return false }
        if leader != broker {
            leader = broker
            leaderEpoch += 1
        }
        return true
    }

    /// Makes a living replica lead that may lack records, where nobody leads (unclean.leader.election).
    mutating func electUncleanly(_ broker: Int32) {
        inSync = [broker]
        (eligible, lastKnownEligible) = ([], [])
        _ = elect(broker)
        advanceWatermark()
    }

    /// `min.insync.replicas` may have changed, or the release says that it does not matter to the high watermark (0).
    mutating func requireInSync(_ count: Int) {
        requiredInSync = count
        advanceWatermark()
    }

    /// In-sync replicas hold everything at once; with too few of them the high watermark stays where it was.
    mutating func advanceWatermark() {
        if leader >= 0, inSync.count >= min(requiredInSync, replicas.count) { log.replicated() }
    }

    /// Appends a batch that was found in order, and returns the offset of its first record.
    mutating func append(_ batch: RecordBatch) -> Int64 {
        let offset = log.append(batch, leaderEpoch: leaderEpoch)
        producers.appended(batch, at: offset)
        transactions.appended(batch, at: offset)
        advanceWatermark()
        return offset
    }

    /// Deletes what lies before `offset` (-1: everything) and returns where the log starts now.
    mutating func deleteRecords(before offset: Int64) -> Int64 {
        log.deleteRecords(before: offset == -1 ? log.highWatermark : offset)
        return log.startOffset
    }
}

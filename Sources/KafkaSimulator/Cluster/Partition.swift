import KafkaProtocol

/// One partition: who holds it, who leads it, and its log (one log stands for all replicas, which never differ).
struct Partition: Sendable {
    let index: Int32
    /// In order of preference: the first one leads when all is well.
    var replicas: [Int32]
    var inSync: [Int32]
    /// -1 while no replica is alive.
    var leader: Int32
    var leaderEpoch: Int32 = 0
    var log = PartitionLog()
    var producers = ProducerSequences()
    var transactions = PartitionTransactions()

    init(index: Int32, replicas: [Int32], alive: (Int32) -> Bool) {
        self.index = index
        self.replicas = replicas
        inSync = replicas.filter(alive)
        leader = inSync.first ?? -1
    }

    /// A replica went down or came back: the in-sync set and, if need be, the leader follow.
    mutating func brokersChanged(alive: (Int32) -> Bool) {
        let before = leader
        let living = replicas.filter(alive)
        // The last in-sync replica stays in the set when it dies, so that nobody else may lead without its records.
        inSync = living.isEmpty ? Array(inSync.prefix(1)) : living
        if !living.contains(leader) { leader = living.first ?? -1 }
        if leader != before { leaderEpoch += 1 }
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

    /// Appends a batch that was found in order, and returns the offset of its first record.
    mutating func append(_ batch: RecordBatch) -> Int64 {
        let offset = log.append(batch, leaderEpoch: leaderEpoch)
        producers.appended(batch, at: offset)
        transactions.appended(batch, at: offset)
        return offset
    }

    /// Deletes what lies before `offset` (-1: everything) and returns where the log starts now.
    mutating func deleteRecords(before offset: Int64) -> Int64 {
        log.deleteRecords(before: offset == -1 ? log.highWatermark : offset)
        return log.startOffset
    }
}

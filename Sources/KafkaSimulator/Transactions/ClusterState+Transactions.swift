import Bytes
import KafkaProtocol
import Seams

extension ClusterState {
    /// Whether the asked broker coordinates the transactional id.
    func coordinatesTransaction(_ id: ByteString, _ context: CallContext) -> Bool {
        coordinator(of: id, in: Topic.transactionsName) == context.broker
    }

    /// The partition of `__consumer_offsets` that a group's positions are written to; nil before that topic exists.
    func offsetsPartition(of group: ByteString) -> PartitionID? {
        topics[Topic.offsetsName].map { PartitionID(Topic.offsetsName, Self.partition(of: group, among: $0.partitions.count)) }
    }

    /// Writes the markers that are due. Those of partitions that nobody leads stay due, and their transactions prepared.
    mutating func settleTransactions(now: Timestamp) {
        for id in transactions.prepared.sorted() {
            guard let transaction = transactions.transactions[id], let producer = transaction.marking else { continue }
            let commit = transaction.state == .prepareCommit
            for partition in transaction.partitions.sorted() where mark(partition, of: id, producer, commit: commit, now: now) {
                transactions.marked(partition, of: id)
            }
        }
    }

    /// Ends a transaction on one partition. False where that has to wait for a leader.
    private mutating func mark(
        _ id: PartitionID, of transaction: ByteString, _ producer: Transaction.Producer, commit: Bool, now: Timestamp
    ) -> Bool {
        guard let topic = topics[id.topic], topic.partitions.indices.contains(Int(id.partition)) else { return true }
        let leader = topic.partitions[Int(id.partition)].leader
        guard leader >= 0 else { return false }
        let epoch = topics[Topic.transactionsName].map {
            $0.partitions[Int(Self.partition(of: transaction, among: $0.partitions.count))].leaderEpoch
        }
        let marker = RecordBatch.marker(producer, commit: commit, coordinatorEpoch: epoch ?? 0, now: now)
        topics[id.topic]?.partitions[Int(id.partition)].append(marker: marker, commit: commit, coordinatorEpoch: epoch ?? 0)
        if id.topic == Topic.offsetsName {
            let count = topic.partitions.count
            groups.settle(producer: producer.id, committed: commit) { Self.partition(of: $0, among: count) == id.partition }
        }
        recheckFetches(on: leader)
        return true
    }

    /// Time has passed for the transactions.
    mutating func tickTransactions(now: Timestamp, uptime: Duration) {
        transactions.expire(at: uptime)
        settleTransactions(now: now)
    }

    /// Whether a write of a transaction may be appended to a partition. A newer client's write adds the partition by itself
    /// (KIP-890), an older one's must find it added.
    mutating func admit(
        _ producer: Transaction.Producer, of id: ByteString, to partition: PartitionID, _ support: TransactionSupport,
        _ context: CallContext
    ) -> ErrorCode {
        let known = topics[partition.topic]?.partitions[Int(partition.partition)].transactions.open[producer.id] != nil
        if known { return .none }
        let code =
            support == .adding && hasTransactionVersion2
            ? transactions.add([partition], to: id, producer, now: context.now, uptime: context.uptime)
            : transactions.verify(partition, in: id, producer)
        switch code {
        case .producerFenced: return .invalidProducerEpoch
        case .transactionAbortable where support == .plain: return .invalidTxnState
        case .concurrentTransactions where support != .adding: return .notEnoughReplicas
        default: return code
        }
    }

    /// Whether the feature `transaction.version` is at 2 or above (KIP-890).
    var hasTransactionVersion2: Bool { features.contains { $0.name == "transaction.version" && $0.level >= 2 } }
}

/// What a client knows of KIP-890, told by the version that it speaks.
enum TransactionSupport {
    /// An unknown partition is error 48.
    case plain
    /// It is error 120: abort, and all is well.
    case abortable
    /// It is added.
    case adding

    init(produce version: Int16) { self = version > 11 ? .adding : version > 10 ? .abortable : .plain }
    init(txnOffsetCommit version: Int16) { self = version > 4 ? .adding : version > 3 ? .abortable : .plain }
}

extension Partition {
    /// What lies below is decided: neither pending in a transaction nor beyond the high watermark.
    /// A transaction whose records were deleted holds back nothing that is left.
    var lastStableOffset: Int64 { max(log.startOffset, transactions.lastStableOffset(end: log.highWatermark)) }

    /// Ends a producer's transaction here; without one, the marker alone is written.
    mutating func append(marker: RecordBatch, commit: Bool, coordinatorEpoch: Int32) {
        let offset = log.append(marker, leaderEpoch: leaderEpoch)
        producers.marked(marker, coordinatorEpoch: coordinatorEpoch)
        transactions.ended(marker.producerID, at: offset, committed: commit)
        advanceWatermark()
    }
}

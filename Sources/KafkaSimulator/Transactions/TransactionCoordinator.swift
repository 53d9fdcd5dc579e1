import Bytes
import KafkaProtocol
import Seams

/// Every transactional id of the cluster, and the producer ids that were handed out (KIP-98, KIP-360, KIP-890).
///
/// A value: a call goes in, an error code comes out. A transaction that is decided waits in a prepared state until its markers
/// are written, which is the cluster's doing. Which broker coordinates which id is not known here either.
struct TransactionCoordinator: Sendable {
    /// `transaction.max.timeout.ms`.
    var longestTimeout: Duration = .seconds(900)
    private(set) var transactions: [ByteString: Transaction] = [:]
    /// Ids whose markers are to be written.
    private(set) var prepared: Set<ByteString> = []
    private var nextProducerID: Int64 = 0

    /// A producer id that nobody had before.
    mutating func drawProducerID() -> Int64 {
        defer { nextProducerID += 1 }
        return nextProducerID
    }

    mutating func store(_ transaction: Transaction) {
        transactions[transaction.id] = transaction
        if transaction.isPrepared { prepared.insert(transaction.id) } else { prepared.remove(transaction.id) }
    }

    // MARK: Partitions

    /// Adds what a transaction is about to write to; begins one where none is under way.
    mutating func add(
        _ partitions: [PartitionID], to id: ByteString, _ producer: Transaction.Producer, now: Timestamp, uptime: Duration
    ) -> ErrorCode {
        if id.isEmpty { return .invalidRequest }
        guard var transaction = transactions[id], transaction.producer.id == producer.id else { return .invalidProducerIdMapping }
        if transaction.producer.epoch != producer.epoch { return .producerFenced }
        if transaction.isPrepared { return .concurrentTransactions }
        if transaction.state != .ongoing {
            transaction.state = .ongoing
            transaction.partitions = []
            transaction.started = now
            transaction.deadline = uptime + transaction.timeout
        }
        transaction.partitions.formUnion(partitions)
        store(transaction)
        return .none
    }

    /// Whether the partition is part of the transaction under way: what a leader asks before it appends.
    func verify(_ partition: PartitionID, in id: ByteString, _ producer: Transaction.Producer) -> ErrorCode {
        if id.isEmpty { return .invalidRequest }
        guard let transaction = transactions[id], transaction.producer.id == producer.id else { return .invalidProducerIdMapping }
        if transaction.producer.epoch != producer.epoch { return .producerFenced }
        if transaction.isPrepared { return .concurrentTransactions }
        return transaction.state == .ongoing && transaction.partitions.contains(partition) ? .none : .transactionAbortable
    }

    /// The marker of one partition is written, or the partition is gone.
    mutating func marked(_ partition: PartitionID, of id: ByteString) {
        guard var transaction = transactions[id], transaction.isPrepared else { return }
        transaction.partitions.remove(partition)
        store(transaction)
        completeIfMarked(id)
    }

    func completed(_ transaction: Transaction) -> Transaction {
        var transaction = transaction
        if transaction.isPrepared, transaction.partitions.isEmpty {
            transaction.state = transaction.state == .prepareCommit ? .completeCommit : .completeAbort
            transaction.marking = nil
        }
        return transaction
    }

    private mutating func completeIfMarked(_ id: ByteString) {
        if let transaction = transactions[id] { store(completed(transaction)) }
    }

    // MARK: Time

    /// Transactions that went on for longer than their time-out are aborted, and their producers fenced off.
    mutating func expire(at uptime: Duration) {
        for (id, transaction) in transactions {
            if transaction.state == .ongoing, let deadline = transaction.deadline, deadline <= uptime { fence(id) }
        }
    }

    /// Aborts what is under way, under an epoch that shuts the producer out.
    mutating func fence(_ id: ByteString) {
        guard var transaction = transactions[id], transaction.state == .ongoing else { return }
        transaction.producer = transaction.producer.bumped
        transaction.former = nil
        transaction.marking = transaction.producer
        transaction.state = .prepareAbort
        transaction.deadline = nil
        store(completed(transaction))
    }
}

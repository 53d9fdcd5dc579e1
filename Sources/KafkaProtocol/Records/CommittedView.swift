/// Which batches a reader may see, given in the order of the log: with `readCommitted` none of an aborted transaction; with
/// either level no control batch, which holds no users' records.
///
/// Fetch names the aborted transactions that touch the range it answers: a producer, and the offset where its transaction
/// begins. It ends at that producer's next abort marker.
public struct CommittedView: Sendable {
    public struct AbortedTransaction: Equatable, Sendable {
        public var producerID: Int64
        public var firstOffset: Int64
        public init(producerID: Int64, firstOffset: Int64) {
            self.producerID = producerID
            self.firstOffset = firstOffset
        }
    }

    private let level: IsolationLevel
    /// Descending by first offset: the next one to begin is the last.
    private var toCome: [AbortedTransaction]
    /// Producers whose transaction, aborted later on, is open at the batch at hand.
    private var open: Set<Int64> = []

    public init(_ level: IsolationLevel, aborted: [AbortedTransaction] = []) {
        self.level = level
        toCome = aborted.sorted { $0.firstOffset > $1.firstOffset }
    }

    /// Whether the next batch is visible. A control batch whose marker cannot be read is an error, since what follows it would
    /// be taken for aborted or committed by luck.
    public mutating func admits(_ batch: RecordBatch) throws(RecordFlaw) -> Bool {
        guard level == .readCommitted else { return !batch.isControl }
        while let next = toCome.last, next.firstOffset <= batch.lastOffset {
            toCome.removeLast()
            open.insert(next.producerID)
        }
        if batch.isControl {
            if case .abort = try batch.controlMarker() { open.remove(batch.producerID) }
            return false
        }
        return !(batch.isTransactional && open.contains(batch.producerID))
    }
}

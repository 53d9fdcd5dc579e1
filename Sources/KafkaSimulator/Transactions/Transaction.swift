import Bytes
import Seams

/// One transactional id, as its coordinator keeps it: who may write under it, and what its transaction holds.
struct Transaction: Sendable, Equatable {
    /// Kafka's names; a coordinator knows more of them than it ever shows here.
    enum State: ByteString, Sendable, CaseIterable {
        /// No transaction yet. Becomes ongoing.
        case empty = "Empty"
        /// Holds partitions. Becomes one of the two prepared states.
        case ongoing = "Ongoing"
        /// Decided; markers are still to be written. Becomes the complete state of the same outcome, and nothing else.
        case prepareCommit = "PrepareCommit"
        case prepareAbort = "PrepareAbort"
        /// All markers are written. Becomes ongoing with the next partition.
        case completeCommit = "CompleteCommit"
        case completeAbort = "CompleteAbort"
        /// Never entered here: a name that clients may filter by.
        case dead = "Dead"
        /// Never entered here: fencing and aborting are one step.
        case prepareEpochFence = "PrepareEpochFence"
    }

    /// Who writes: a producer id and the epoch that fences off whoever had it before.
    struct Producer: Sendable, Equatable {
        var id: Int64
        /// -1 before the id was first handed out.
        var epoch: Int16

        /// The epoch before the last, beyond which a new producer id is drawn.
        static let lastEpoch = Int16.max - 1
        var isExhausted: Bool { epoch >= Self.lastEpoch }
        /// The same id, one epoch on.
        var bumped: Producer { Producer(id: id, epoch: epoch < .max ? epoch + 1 : .max) }
    }

    let id: ByteString
    var producer: Producer
    /// Who had it before the last bump that a client was told of: a request that is sent again still names that one.
    var former: Producer?
    var timeout: Duration
    var state = State.empty
    var partitions: Set<PartitionID> = []
    /// Nil before the first transaction.
    var started: Timestamp?
    /// Uptime at which an ongoing transaction is aborted.
    var deadline: Duration?
    /// Whom the markers of a decided transaction name; after a bump that is not who may write next.
    var marking: Producer?

    var isPrepared: Bool { state == .prepareCommit || state == .prepareAbort }
    var isComplete: Bool { state == .completeCommit || state == .completeAbort }
}

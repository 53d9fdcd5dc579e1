import Bytes
import KafkaProtocol

/// What a share group has under way on one partition (KIP-932): records are handed out to one member at a time, who holds each for a while
/// and says what became of it.
///
/// Before ``startOffset`` everything is settled; from ``nextOffset`` on nothing was handed out yet; what lies between is in `deliveries`.
struct SharePartition: Sendable {
    struct Delivery: Equatable, Sendable {
        enum State: Equatable, Sendable {
            /// To be handed out again. Becomes held.
            case available
            /// A member's, until then. Becomes available or settled.
            case held(member: ByteString, until: Duration)
            /// Accepted, rejected, handed out often enough, or no longer in the log. Nothing becomes of it any more.
            case settled
        }

        var state: State
        /// How often it was handed out.
        var count: Int16
    }

    /// `group.share.delivery.count.limit`, `group.share.record.lock.duration.ms`, `group.share.partition.max.record.locks`.
    struct Limits: Sendable {
        var deliveries: Int16 = 5
        var hold: Duration = .seconds(30)
        var records = 2000
    }

    /// Records of one member, handed out as often as each other.
    struct Acquired: Equatable, Sendable {
        var first: Int64
        var last: Int64
        var count: Int16
    }

    private(set) var startOffset: Int64
    private(set) var nextOffset: Int64
    private(set) var deliveries: [Int64: Delivery] = [:]
    /// The leader's when this was read from the group's state: another leader knows what was settled and given back, not what is held.
    private(set) var leaderEpoch: Int32

    init(startOffset: Int64, leaderEpoch: Int32) {
        self.startOffset = startOffset
        self.leaderEpoch = leaderEpoch
        nextOffset = startOffset
    }

    /// Where the next fetch begins: at what was given back, else behind all that was handed out.
    var fetchOffset: Int64 { deliveries.filter { $0.value.state == .available }.keys.min() ?? nextOffset }

    /// Whether one more record may be under way.
    func hasRoom(_ limits: Limits) -> Bool { fetchOffset < nextOffset || nextOffset - startOffset < Int64(limits.records) }

    /// When the first hold ends.
    var nextDeadline: Duration? {
        deliveries.values.compactMap { if case .held(_, let until) = $0.state { until } else { nil } }.min()
    }

    /// Hands out what was read from ``fetchOffset`` on: what was given back first, then new records, in whole batches of the log, in runs
    /// of about `runLength`.
    ///
    /// - Parameter batches: first and last offset of each batch that was read, ascending.
    mutating func acquire(
        _ batches: [ClosedRange<Int64>], for member: ByteString, atMost wanted: Int, runLength: Int, _ limits: Limits, now: Duration
    ) -> [Acquired] {
        guard let end = batches.last?.upperBound, wanted > 0 else { return [] }
        let hold = Delivery.State.held(member: member, until: now + limits.hold)
        var acquired: [Acquired] = []
        var left = wanted
        for offset in deliveries.keys.sorted() where left > 0 && offset <= end && deliveries[offset]?.state == .available {
            guard let count = deliveries[offset]?.count else { continue }
            deliveries[offset] = Delivery(state: hold, count: count + 1)
            acquired.add(offset, count + 1)
            left -= 1
        }
        let room = limits.records - Int(nextOffset - startOffset)
        let first = max(nextOffset, batches.first { $0.upperBound >= nextOffset }?.lowerBound ?? nextOffset)
        guard first <= end, min(left, room) > 0 else { return acquired }
        // The batch that holds the last one wanted is taken whole.
        let target = first + Int64(min(left, room)) - 1
        let last = batches.first { $0.upperBound >= target }?.upperBound ?? end
        // Offsets that no batch holds are gone from the log.
        for offset in nextOffset..<first { deliveries[offset] = Delivery(state: .settled, count: 0) }
        for offset in first...last { deliveries[offset] = Delivery(state: hold, count: 1) }
        acquired += Self.runs(first...last, along: batches, length: runLength)
        nextOffset = last + 1
        settleStart()
        return acquired
    }

    /// Cut where a batch begins and the run before has reached its length.
    private static func runs(_ offsets: ClosedRange<Int64>, along batches: [ClosedRange<Int64>], length: Int) -> [Acquired] {
        var runs: [Acquired] = []
        var first = offsets.lowerBound
        for batch in batches where batch.lowerBound > first && batch.lowerBound <= offsets.upperBound {
            guard batch.lowerBound - first >= Int64(max(1, length)) else { continue }
            runs.append(Acquired(first: first, last: batch.lowerBound - 1, count: 1))
            first = batch.lowerBound
        }
        return runs + [Acquired(first: first, last: offsets.upperBound, count: 1)]
    }

    /// A member says what became of records: all of it counts, or nothing does.
    mutating func acknowledge(
        _ batches: [ShareFetchRequest.AcknowledgementBatch], by member: ByteString, _ limits: Limits
    ) throws(ShareRefusal) {
        var changed = self
        for batch in batches where batch.lastOffset >= startOffset {
            // What the log has lost meanwhile needs no word any more.
            let from = max(batch.firstOffset, startOffset)
            guard nextOffset > startOffset else {
                throw ShareRefusal(.invalidRecordState, "Batch record not found. The request batch offsets are not found in the cache.")
            }
            guard batch.lastOffset < nextOffset else {
                throw ShareRefusal(
                    .invalidRequest,
                    "Batch record not found. The \(from < nextOffset ? "last" : "first") offset in request is past acquired records.")
            }
            for offset in from...batch.lastOffset {
                guard let delivery = changed.deliveries[offset], case .held(let holder, _) = delivery.state else {
                    throw ShareRefusal(.invalidRecordState, "The offset cannot be acknowledged. The offset is not acquired.")
                }
                guard holder == member else { throw ShareRefusal(.invalidRecordState, "Member is not the owner of offset") }
                let index = batch.acknowledgeTypes.count > 1 ? Int(offset - batch.firstOffset) : 0
                let isReleased = batch.acknowledgeTypes[index] == 2
                changed.deliveries[offset]?.state = isReleased && delivery.count < limits.deliveries ? .available : .settled
            }
        }
        changed.settleStart()
        self = changed
    }

    /// What a member holds is free for others.
    mutating func release(_ member: ByteString, _ limits: Limits) {
        giveUp(limits) { holder, _ in holder == member }
    }

    /// What was held for too long is free for others.
    mutating func expire(at now: Duration, _ limits: Limits) {
        giveUp(limits) { _, until in until <= now }
    }

    private mutating func giveUp(_ limits: Limits, where isMeant: (ByteString, Duration) -> Bool) {
        for (offset, delivery) in deliveries {
            guard case .held(let holder, let until) = delivery.state, isMeant(holder, until) else { continue }
            deliveries[offset]?.state = delivery.count < limits.deliveries ? .available : .settled
        }
        settleStart()
    }

    /// Another broker leads: what was held was not written down, so it counts as not handed out.
    mutating func led(inEpoch epoch: Int32) {
        guard epoch != leaderEpoch else { return }
        leaderEpoch = epoch
        for (offset, delivery) in deliveries {
            guard case .held = delivery.state else { continue }
            deliveries[offset] = Delivery(state: .available, count: delivery.count - 1)
        }
    }

    /// Records below were deleted: nothing is to be said of them any more.
    mutating func logStarts(at offset: Int64) {
        guard offset > startOffset else { return }
        deliveries = deliveries.filter { $0.key >= offset }
        startOffset = offset
        nextOffset = max(nextOffset, offset)
        settleStart()
    }

    /// Records that nobody may read, as their transaction was aborted.
    mutating func settle(_ offsets: ClosedRange<Int64>) {
        for offset in offsets where deliveries[offset] != nil { deliveries[offset]?.state = .settled }
        settleStart()
    }

    /// What is settled at the front is done with.
    private mutating func settleStart() {
        while startOffset < nextOffset, deliveries[startOffset]?.state == .settled {
            deliveries[startOffset] = nil
            startOffset += 1
        }
    }
}

extension [SharePartition.Acquired] {
    /// One more record, in the run before where it fits there.
    fileprivate mutating func add(_ offset: Int64, _ count: Int16) {
        if let run = last, run.last == offset - 1, run.count == count {
            self[self.count - 1].last = offset
        } else {
            append(SharePartition.Acquired(first: offset, last: offset, count: count))
        }
    }
}

/// Why an acknowledgement or a session is refused.
struct ShareRefusal: Error, Equatable {
    var code: ErrorCode
    var message: String?

    init(_ code: ErrorCode, _ message: String? = nil) {
        self.code = code
        self.message = message
    }
}

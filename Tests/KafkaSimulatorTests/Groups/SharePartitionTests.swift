import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// What becomes of records that a share group has under way on a partition.
@Suite("Deliveries to a share group")
struct SharePartitionTests {
    typealias Acquired = SharePartition.Acquired

    private let limits = SharePartition.Limits()
    /// Three batches of ten records each.
    private let log: [ClosedRange<Int64>] = [0...9, 10...19, 20...29]

    private func partition(from start: Int64 = 0) -> SharePartition { SharePartition(startOffset: start, leaderEpoch: 0) }

    private func batches(from offset: Int64) -> [ClosedRange<Int64>] { log.filter { $0.upperBound >= offset } }

    private func take(
        _ partition: inout SharePartition, _ member: String = "a", atMost count: Int = 500, run: Int = 500, now: Duration = .zero,
        within limits: SharePartition.Limits? = nil
    ) -> [Acquired] {
        partition.acquire(
            batches(from: partition.fetchOffset), for: .init(member), atMost: count, runLength: run, limits ?? self.limits, now: now)
    }

    private func word(_ first: Int64, _ last: Int64, _ types: Int8...) -> ShareFetchRequest.AcknowledgementBatch {
        var batch = ShareFetchRequest.AcknowledgementBatch()
        (batch.firstOffset, batch.lastOffset, batch.acknowledgeTypes) = (first, last, types)
        return batch
    }

    private func refusal(_ body: () throws -> Void) -> ErrorCode? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ShareRefusal)?.code
        }
    }

    @Test("The batch that holds the last record wanted is handed out whole; runs are cut where batches begin")
    func wholeBatches() {
        var partition = partition()
        #expect(take(&partition, atMost: 15) == [Acquired(first: 0, last: 19, count: 1)])
        #expect(partition.fetchOffset == 20)
        #expect(take(&partition, "b") == [Acquired(first: 20, last: 29, count: 1)])
        #expect(take(&partition, "c") == [])
        var other = self.partition()
        #expect(
            take(&other, run: 5) == [
                Acquired(first: 0, last: 9, count: 1), Acquired(first: 10, last: 19, count: 1), Acquired(first: 20, last: 29, count: 1),
            ])
    }

    @Test("Accepted and rejected records are done with, released ones come again; the start follows what is settled")
    func kinds() throws {
        var partition = partition()
        _ = take(&partition, atMost: 10)
        try partition.acknowledge([word(0, 3, 1, 1, 2, 3), word(4, 9, 1)], by: "a", limits)
        #expect(partition.startOffset == 2 && partition.fetchOffset == 2)
        #expect(take(&partition, "b", atMost: 1) == [Acquired(first: 2, last: 2, count: 2)])
        try partition.acknowledge([word(2, 2, 1)], by: "b", limits)
        #expect(partition.startOffset == 10 && partition.fetchOffset == 10)
        // A gap is as good as accepted.
        _ = take(&partition, atMost: 10)
        try partition.acknowledge([word(10, 19, 0)], by: "a", limits)
        #expect(partition.startOffset == 20)
    }

    @Test("What is not held, or by somebody else, or past all that was handed out, is refused, and nothing of the request counts")
    func refusals() throws {
        var partition = partition()
        _ = take(&partition, "a", atMost: 10)
        _ = take(&partition, "b", atMost: 10)
        let before = partition.deliveries
        #expect(refusal { try partition.acknowledge([word(0, 9, 1), word(10, 12, 1)], by: "a", limits) } == .invalidRecordState)
        #expect(refusal { try partition.acknowledge([word(0, 25, 1)], by: "a", limits) } == .invalidRequest)
        #expect(partition.deliveries == before)
        try partition.acknowledge([word(0, 9, 1)], by: "a", limits)
        // Once more: it is below the start by now, and passed over.
        #expect(refusal { try partition.acknowledge([word(0, 9, 1)], by: "a", limits) } == nil)
        try partition.acknowledge([word(15, 15, 1)], by: "b", limits)
        #expect(refusal { try partition.acknowledge([word(15, 15, 1)], by: "b", limits) } == .invalidRecordState)
    }

    @Test("A hold ends by itself; the fifth time is the last")
    func holds() throws {
        var partition = partition()
        for turn in 1...5 {
            let now = Duration.seconds(100 * turn)
            #expect(take(&partition, atMost: 10, now: now) == [Acquired(first: 0, last: 9, count: Int16(turn))], "turn \(turn)")
            #expect(partition.nextDeadline == now + .seconds(30))
            partition.expire(at: now + .seconds(29), limits)
            #expect(partition.fetchOffset == 10)
            partition.expire(at: now + .seconds(30), limits)
        }
        #expect(partition.startOffset == 10 && partition.fetchOffset == 10, "handed out often enough")
        #expect(refusal { try partition.acknowledge([word(12, 12, 1)], by: "a", limits) } == .invalidRecordState)
    }

    @Test("Who goes leaves its records to the others, and only its own")
    func released() {
        var partition = partition()
        _ = take(&partition, "a", atMost: 10)
        _ = take(&partition, "b", atMost: 10)
        partition.release("a", limits)
        #expect(take(&partition, "b", atMost: 4) == [Acquired(first: 0, last: 3, count: 2)])
        #expect(partition.fetchOffset == 4)
    }

    @Test("No more than so many are under way, what was given back apart")
    func room() throws {
        var few = limits
        few.records = 15
        var partition = partition()
        #expect(take(&partition, within: few) == [Acquired(first: 0, last: 19, count: 1)])
        #expect(!partition.hasRoom(few))
        #expect(take(&partition, within: few) == [])
        try partition.acknowledge([word(5, 6, 2)], by: "a", few)
        #expect(partition.hasRoom(few))
        #expect(take(&partition, "b", within: few) == [Acquired(first: 5, last: 6, count: 2)])
        try partition.acknowledge([word(0, 4, 1)], by: "a", few)
        try partition.acknowledge([word(5, 6, 1)], by: "b", few)
        #expect(take(&partition, within: few) == [Acquired(first: 20, last: 29, count: 1)])
    }

    @Test("Another leader knows what was settled and given back, and hands out anew what was held")
    func leaders() throws {
        var partition = partition()
        _ = take(&partition, atMost: 10)
        try partition.acknowledge([word(0, 4, 1), word(5, 5, 2)], by: "a", limits)
        partition.led(inEpoch: 0)
        #expect(partition.fetchOffset == 5)
        partition.led(inEpoch: 1)
        #expect(refusal { try partition.acknowledge([word(7, 7, 1)], by: "a", limits) } == .invalidRecordState)
        #expect(
            take(&partition, "b", atMost: 5) == [Acquired(first: 5, last: 5, count: 2), Acquired(first: 6, last: 9, count: 1)])
    }

    @Test("What the log has lost is done with; offsets that no batch holds are passed over")
    func lost() {
        var partition = partition()
        _ = take(&partition, atMost: 10)
        partition.logStarts(at: 15)
        #expect(partition.startOffset == 15 && partition.fetchOffset == 15 && partition.deliveries.isEmpty)
        let compacted = partition.acquire([20...29], for: "a", atMost: 10, runLength: 10, limits, now: .zero)
        #expect(compacted == [Acquired(first: 20, last: 29, count: 1)])
        #expect(partition.startOffset == 20)
    }
}

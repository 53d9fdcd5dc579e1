import Bytes
import Recordings
import Testing

@testable import KafkaProtocol

@Suite("What a reader of committed records sees") struct CommittedViewTests {
    /// A batch of one record at `offset` by `producer`; a marker where `ends` says how its transaction ended.
    private func batch(_ offset: Int64, _ producer: Int64, transactional: Bool = true, ends: UInt8? = nil) -> RecordBatch {
        let record =
            ends.map { Record(timestamp: 0, key: [0, 0, 0, $0], value: [0, 0, 0, 0, 0, 1]) } ?? Record(timestamp: 0, key: nil, value: [1])
        var bytes = RecordBatch([record]).bytes
        bytes[22] = (transactional ? 16 : 0) | (ends == nil ? 0 : 32)
        withUnsafeBytes(of: producer.bigEndian) { bytes.replaceSubrange(43..<51, with: $0) }
        var batch = RecordBatch(header: Array(bytes[..<61]), body: Array(bytes[61...]))
        batch.baseOffset = offset
        return batch
    }

    private func visible(_ batches: [RecordBatch], _ level: IsolationLevel, _ aborted: [(Int64, Int64)]) throws -> [Int64] {
        var view = CommittedView(level, aborted: aborted.map { .init(producerID: $0.0, firstOffset: $0.1) })
        return try batches.filter { try view.admits($0) }.map(\.baseOffset)
    }

    @Test("transactions of two producers, interleaved: the aborted one is left out up to its marker")
    func interleaved() throws {
        let log = [
            batch(0, 1), batch(1, 2), batch(2, -1, transactional: false), batch(3, 1), batch(4, 1, ends: 0), batch(5, 2),
            batch(6, 2, ends: 1),
            batch(7, 1), batch(8, 1, ends: 1),
        ]
        #expect(try visible(log, .readCommitted, [(1, 0)]) == [1, 2, 5, 7])
        #expect(try visible(log, .readUncommitted, [(1, 0)]) == [0, 1, 2, 3, 5, 7])
    }

    @Test("a producer's plain batches are seen while its transaction is aborted, and its next transaction too")
    func again() throws {
        let log = [batch(0, 1), batch(1, 1, ends: 0), batch(2, 1), batch(3, 1, ends: 1), batch(4, 1), batch(5, 1, ends: 0)]
        #expect(try visible(log, .readCommitted, [(1, 4), (1, 0)]) == [2])
        #expect(try visible([batch(0, 1, transactional: false)], .readCommitted, [(1, 0)]) == [0])
    }

    @Test("a fetch that begins inside of an aborted transaction leaves the rest of it out")
    func fromWithin() throws {
        #expect(try visible([batch(3, 1), batch(4, 1, ends: 0), batch(5, 1)], .readCommitted, [(1, 0)]) == [5])
    }

    @Test("a marker that cannot be read is an error for who wants committed records")
    func unreadable() throws {
        var broken = batch(1, 1, ends: 0).bytes
        broken[60] = 9
        let log = [batch(0, 1), try RecordBatch(from: broken[...], verifying: false)]
        #expect(throws: RecordFlaw.self) { try visible(log, .readCommitted, [(1, 0)]) }
        #expect(try visible(log, .readUncommitted, []) == [0])
    }

    /// The recorded topic holds committed, aborted and again committed transactions of one producer; values say which is which.
    @Test("recorded transactions: no aborted record is seen, and every committed one is")
    func recorded() throws {
        var (seen, hidden) = (0, 0)
        for recording in Recording.named("Fetch") where recording.note.contains("read committed") {
            let (_, request) = try Frame.decodeRequest(FetchRequest.self, from: recording.requestBytes)
            let (_, response, _) = try Frame.decodeResponse(
                to: FetchRequest.self, version: recording.version, from: recording.responseBytes)
            #expect(request.isolationLevel == IsolationLevel.readCommitted.rawValue)
            for partition in response.responses.flatMap(\.partitions) {
                var view = CommittedView(
                    .readCommitted,
                    aborted: (partition.abortedTransactions ?? []).map { .init(producerID: $0.producerId, firstOffset: $0.firstOffset) })
                for batch in try RecordBatch.batches(in: partition.records?.bytes ?? []) {
                    let admitted = try view.admits(batch)
                    if batch.isControl { continue }
                    for record in try batch.records().map(\.record) {
                        let says = ByteString(bytes: record.value ?? [])
                        #expect(says.hasPrefix(admitted ? "committed" : "aborted"), "\(recording)")
                        if admitted { seen += 1 } else { hidden += 1 }
                    }
                }
            }
        }
        #expect(seen > 0 && hidden > 0)
    }
}

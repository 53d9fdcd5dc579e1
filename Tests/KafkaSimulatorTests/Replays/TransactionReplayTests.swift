import Bytes
import KafkaProtocol
import Recordings
import Seams
import Testing

@testable import KafkaSimulator

@Suite("Calls about transactions answer as the recorded broker did")
struct TransactionReplayTests {
    /// The calls of transactions in the order in which they were made, and the positions that were asked for between them.
    @Test("A conversation: every version begins, commits or aborts a transaction with a group's positions in it")
    func conversation() throws {
        var stage = Self.stage()
        let keys: Set<Int16> = [9, 22, 24, 25, 26, 28, 65, 66]
        let exchanges = Recording.inFolder("apache-kafka-4.1.1-more").filter { keys.contains($0.apiKey) && $0.correlationID < 61 }
            .sorted { $0.correlationID < $1.correlationID }
        try #require(exchanges.count == 37)
        let described = try #require(
            try Replay.exchanges(DescribeTransactionsRequest.self) { $0.note.contains("an open transaction") }.first)
        stage.clock = Timestamp(milliseconds: described.response.transactionStates[0].transactionStartTimeMs)
        for exchange in exchanges {
            // The recorded coordinator was loading then (error 14), which the simulator's never is.
            if exchange.api == "InitProducerId", exchange.version == 0 { continue }
            try Self.replay(exchange, on: &stage)
        }
    }

    @Test("What a producer's transactions left behind: records and markers byte for byte, aborted ranges, producers, listings")
    func finishedTransactions() throws {
        var stage = Self.stage()
        let fetched = try Replay.exchanges(FetchRequest.self) { $0.note.contains("read committed") }
        let last = try #require(fetched.last)
        stage.plant("txn", id: last.request.topics[0].topicId)
        let batches = try RecordBatch.batches(in: last.response.responses[0].partitions[0].records?.bytes ?? [])
        try #require(batches.map(\.isControl) == [false, true, false, true, false, true])
        let described = try #require(try Replay.exchanges(DescribeTransactionsRequest.self) { $0.note.contains("one not") }.first)
        try Self.produce(batches, lastStart: described.response.transactionStates[0].transactionStartTimeMs, on: &stage)

        #expect(fetched.count == 15)
        var compared = 0
        for recording in Recording.all where [1, 2, 61, 65, 66].contains(recording.apiKey) {
            guard ["read committed", "every transaction", "one known", "producers of"].contains(where: recording.note.hasPrefix) else {
                continue
            }
            try Self.replay(recording, on: &stage)
            compared += 1
        }
        #expect(compared == 15 + 9 + 3 + 1 + 1)
    }

    @Test("InitProducerId: an idempotent producer gets the next id at every version")
    func idempotentProducers() throws {
        var stage = Self.stage()
        // The recorded broker had given 0 away.
        _ = stage.state.transactions.drawProducerID()
        let exchanges = try Replay.exchanges(InitProducerIdRequest.self) { $0.note.contains("idempotent") }
        #expect(exchanges.count == 6)
        for (recording, request, recorded) in exchanges {
            #expect(try stage.call(InitProducerIdHandler.self, request, version: recording.version) == recorded, "\(recording)")
        }
    }

    // MARK: Steps

    private static func stage() -> BrokerStage {
        var stage = BrokerStage(Replay.configuration)
        stage.plant("orders", partitions: 3)
        stage.plant(Topic.offsetsName, partitions: 50)
        stage.plant(Topic.transactionsName, partitions: 50)
        return stage
    }

    /// Sends the recorded batches as their producer did, one transaction each, and ends it as its marker says, when it says.
    private static func produce(_ batches: [RecordBatch], lastStart: Int64, on stage: inout BrokerStage) throws {
        var ask = InitProducerIdRequest()
        ask.transactionalId = "rec-txn"
        ask.transactionTimeoutMs = 60_000
        let producer = try stage.call(InitProducerIdHandler.self, ask, version: 4)
        for (batch, marker) in zip(batches, batches.dropFirst()) where marker.isControl {
            stage.clock = Timestamp(milliseconds: lastStart)
            var add = AddPartitionsToTxnRequest()
            add.v3AndBelowTransactionalId = "rec-txn"
            add.v3AndBelowProducerId = producer.producerId
            add.v3AndBelowProducerEpoch = producer.producerEpoch
            var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            topic.name = "txn"
            topic.partitions = [0]
            add.v3AndBelowTopics = [topic]
            let added = try stage.call(AddPartitionsToTxnHandler.self, add, version: 3)
            #expect(added.resultsByTopicV3AndBelow[0].resultsByPartition[0].partitionErrorCode == .none)
            // A producer counts from 0.
            var sent = batch
            sent.baseOffset = 0
            let written = try stage.produce(sent, to: "txn", transactionalID: "rec-txn", version: 11)
            #expect(written.errorCode == .none)
            #expect(written.baseOffset == batch.baseOffset)
            stage.clock = Timestamp(milliseconds: marker.baseTimestamp)
            var end = EndTxnRequest()
            end.transactionalId = "rec-txn"
            end.producerId = producer.producerId
            end.producerEpoch = producer.producerEpoch
            // The marker's key: version, then 1 for a commit.
            end.committed = marker.bytes[RecordBatch.headerLength + 8] == 1
            #expect(try stage.call(EndTxnHandler.self, end, version: 4).errorCode == .none)
        }
    }

    private static func replay(_ exchange: Recording, on stage: inout BrokerStage) throws {
        let handler = try #require(Calls.byKey[APIKey(rawValue: exchange.apiKey)])
        try replay(handler, exchange, on: &stage)
    }

    /// The recorded bytes again, but for the order inside lists.
    private static func replay<Handler: CallHandler>(_: Handler.Type, _ exchange: Recording, on stage: inout BrokerStage) throws {
        let version = exchange.version
        let context = stage.context(Handler.api, version)
        guard case .answered(let bytes) = try Handler.serve(exchange.requestBytes, context, &stage.state) else {
            Issue.record("\(exchange) was not answered at once")
            return
        }
        if bytes == exchange.responseBytes { return }
        let (_, wanted, _) = try Frame.decodeResponse(to: Handler.Request.self, version: version, from: exchange.responseBytes)
        let (_, found, _) = try Frame.decodeResponse(to: Handler.Request.self, version: version, from: bytes)
        let flexible = Handler.Request.isFlexible(version)
        #expect(
            found.tree(version: version, flexible: flexible).unordered == wanted.tree(version: version, flexible: flexible).unordered,
            "\(exchange)")
    }
}

extension BrokerStage {
    /// Produces one batch to partition `partition` with acks -1, and returns that partition's row.
    mutating func produce(
        _ batch: RecordBatch, to topic: ByteString, _ partition: Int32 = 0, transactionalID: ByteString? = nil, version: Int16 = 12
    ) throws -> ProduceHandler.PartitionResult {
        var request = ProduceRequest()
        request.transactionalId = transactionalID
        request.acks = -1
        var asked = ProduceRequest.TopicProduceData()
        asked.name = topic
        var data = ProduceRequest.TopicProduceData.PartitionProduceData()
        data.index = partition
        data.records = Blob(batch.bytes)
        asked.partitionData = [data]
        request.topicData = [asked]
        return try call(ProduceHandler.self, request, version: version).responses[0].partitionResponses[0]
    }
}

import Bytes
import KafkaProtocol
import Recordings
import Seams
import Testing

@testable import KafkaSimulator

/// Calls about transactions.
extension ReplayScene {
    /// The calls of transactions in the order in which they were made, and the positions that were asked for between them.
    static let openTransactions = ReplayScene(
        name: "A conversation: every version begins, commits or aborts a transaction with a group's positions in it"
    ) { judge in
        var stage = transactionStage()
        let keys: Set<Int16> = [9, 22, 24, 25, 26, 28, 65, 66]
        let exchanges = Recording.inFolder("apache-kafka-4.1.1-more").filter { keys.contains($0.apiKey) && $0.correlationID < 61 }
            .sorted { $0.correlationID < $1.correlationID }
        try #require(exchanges.count == 37)
        let described = try #require(
            try Replay.exchanges(DescribeTransactionsRequest.self) { $0.note.contains("an open transaction") }.first)
        stage.clock = Timestamp(milliseconds: described.response.transactionStates[0].transactionStartTimeMs)
        // The recorded coordinator had just taken over what keeps the first id, and was reading it still.
        stage.state.transactionLoading.duration = .seconds(1)
        let partition = Int(ClusterState.partition(of: "txn-v0", among: 50))
        stage.state.topics[Topic.transactionsName]?.partitions[partition].leaderEpoch = 1
        try judge.replay(try #require(exchanges.first), on: &stage)
        stage.uptime += .seconds(1)
        for exchange in exchanges.dropFirst() { try judge.replay(exchange, on: &stage) }
    }

    static let finishedTransactions = ReplayScene(
        name: "What a producer's transactions left behind: records and markers byte for byte, aborted ranges, producers, listings"
    ) { judge in
        var stage = transactionStage()
        let fetched = try Replay.exchanges(FetchRequest.self) { $0.note.contains("read committed") }
        let last = try #require(fetched.last)
        stage.plant("txn", id: last.request.topics[0].topicId)
        let batches = try RecordBatch.batches(in: last.response.responses[0].partitions[0].records?.bytes ?? [])
        try #require(batches.map(\.isControl) == [false, true, false, true, false, true])
        let described = try #require(try Replay.exchanges(DescribeTransactionsRequest.self) { $0.note.contains("one not") }.first)
        try runTransactions(of: batches, lastStart: described.response.transactionStates[0].transactionStartTimeMs, on: &stage)
        let keys: Set<Int16> = [1, 2, 61, 65, 66]
        for recording in Recording.all
        where keys.contains(recording.apiKey)
            && ["read committed", "every transaction", "one known", "producers of"].contains(where: recording.note.hasPrefix)
        {
            try judge.replay(recording, on: &stage)
        }
    }

    static let idempotentProducers = ReplayScene(name: "InitProducerId: an idempotent producer gets the next id at every version") {
        judge in
        var stage = transactionStage()
        // The recorded broker had given 0 away.
        _ = stage.state.transactions.drawProducerID()
        for (recording, _, _) in try Replay.exchanges(InitProducerIdRequest.self, { $0.note.contains("idempotent") }) {
            try judge.replay(recording, on: &stage)
        }
    }

    // MARK: Steps

    private static func transactionStage() -> BrokerStage {
        var stage = BrokerStage(Replay.configuration)
        stage.plant("orders", partitions: 3)
        stage.plant(Topic.offsetsName, partitions: 50)
        stage.plant(Topic.transactionsName, partitions: 50)
        return stage
    }

    /// Sends the recorded batches as their producer did, one transaction each, and ends it as its marker says, when it says.
    private static func runTransactions(of batches: [RecordBatch], lastStart: Int64, on stage: inout BrokerStage) throws {
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

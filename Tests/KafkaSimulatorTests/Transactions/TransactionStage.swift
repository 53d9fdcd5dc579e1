import Bytes
import KafkaProtocol
import Seams

@testable import KafkaSimulator

/// One broker with the topics that transactions need, and short words for what producers do.
struct TransactionStage {
    var stage: BrokerStage
    static let id: ByteString = "till"
    static let group: ByteString = "cashiers"

    init(brokers: [Int32] = [1]) {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = brokers
        stage = BrokerStage(configuration)
        stage.plant("sales", partitions: 2)
        stage.plant(Topic.offsetsName, partitions: 50)
        stage.plant(Topic.transactionsName, partitions: 50)
    }

    var transaction: Transaction? { stage.state.transactions.transactions[Self.id] }
    var log: Partition? { stage.state.topics["sales"]?.partitions[0] }

    mutating func start(_ expected: (id: Int64, epoch: Int16)? = nil, timeout: Int32 = 60_000, version: Int16 = 5) throws
        -> InitProducerIdResponse
    {
        var request = InitProducerIdRequest()
        request.transactionalId = Self.id
        request.transactionTimeoutMs = timeout
        request.producerId = expected?.id ?? -1
        request.producerEpoch = expected?.epoch ?? -1
        return try stage.call(InitProducerIdHandler.self, request, version: version)
    }

    /// Writes one record to partition 0, and returns the error.
    mutating func write(_ producer: InitProducerIdResponse, sequence: Int32 = 0, version: Int16 = 12) throws -> ErrorCode {
        let batch = RecordBatch([Record(timestamp: stage.clock.milliseconds, key: [1], value: [2])]).transactional(
            of: Transaction.Producer(id: producer.producerId, epoch: producer.producerEpoch), baseSequence: sequence)
        return try stage.produce(batch, to: "sales", transactionalID: Self.id, version: version).errorCode
    }

    mutating func add(_ producer: InitProducerIdResponse, topic: ByteString = "sales", _ partitions: [Int32] = [0], version: Int16 = 3)
        throws
        -> [ErrorCode]
    {
        var request = AddPartitionsToTxnRequest()
        request.v3AndBelowTransactionalId = Self.id
        request.v3AndBelowProducerId = producer.producerId
        request.v3AndBelowProducerEpoch = producer.producerEpoch
        var asked = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
        asked.name = topic
        asked.partitions = partitions
        request.v3AndBelowTopics = [asked]
        return try stage.call(AddPartitionsToTxnHandler.self, request, version: version).resultsByTopicV3AndBelow[0].resultsByPartition
            .map(\.partitionErrorCode)
    }

    mutating func end(_ producer: InitProducerIdResponse, commit: Bool, version: Int16 = 5) throws -> EndTxnResponse {
        var request = EndTxnRequest()
        request.transactionalId = Self.id
        request.producerId = producer.producerId
        request.producerEpoch = producer.producerEpoch
        request.committed = commit
        return try stage.call(EndTxnHandler.self, request, version: version)
    }

    /// Commits a position of the group on partition 0 inside the transaction.
    mutating func send(
        _ offset: Int64, _ producer: InitProducerIdResponse, generation: Int32 = -1, member: ByteString = "", version: Int16 = 5
    ) throws -> ErrorCode {
        var request = TxnOffsetCommitRequest()
        request.transactionalId = Self.id
        request.groupId = Self.group
        request.producerId = producer.producerId
        request.producerEpoch = producer.producerEpoch
        request.generationId = generation
        request.memberId = member
        var topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
        topic.name = "sales"
        var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic.TxnOffsetCommitRequestPartition()
        partition.committedOffset = offset
        topic.partitions = [partition]
        request.topics = [topic]
        return try stage.call(TxnOffsetCommitHandler.self, request, version: version).topics[0].partitions[0].errorCode
    }

    /// The group's answer about partition 0: its offset, or the error; nil where the partition is left out.
    mutating func position(stable: Bool, byName: Bool) throws -> Result<Int64, ErrorCode.Refusal>? {
        var request = OffsetFetchRequest()
        request.requireStable = stable
        var group = OffsetFetchRequest.OffsetFetchRequestGroup()
        group.groupId = Self.group
        if byName {
            var topic = OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics()
            topic.name = "sales"
            topic.partitionIndexes = [0]
            group.topics = [topic]
        } else {
            group.topics = nil
        }
        request.groups = [group]
        let answer = try stage.call(OffsetFetchHandler.self, request, version: 9).groups[0]
        guard answer.errorCode == .none else { return .failure(.init(answer.errorCode)) }
        return answer.topics.first?.partitions.first.map {
            $0.errorCode.isError ? .failure(.init($0.errorCode)) : .success($0.committedOffset)
        }
    }

    /// End and last stable offset of a partition, as ListOffsets tells them.
    mutating func ends(of topic: ByteString = "sales", _ partition: Int32 = 0) throws -> [Int64] {
        try [Int8(0), 1].map { level in
            var request = ListOffsetsRequest()
            request.isolationLevel = level
            var asked = ListOffsetsRequest.ListOffsetsTopic()
            asked.name = topic
            var entry = ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition()
            entry.partitionIndex = partition
            entry.timestamp = -1
            asked.partitions = [entry]
            request.topics = [asked]
            return try stage.call(ListOffsetsHandler.self, request).topics[0].partitions[0].offset
        }
    }

    mutating func pass(_ time: Duration) {
        stage.uptime += time
        stage.clock = stage.clock.advanced(by: time)
        stage.state.tick(now: stage.clock, uptime: stage.uptime)
    }
}

extension EndTxnResponse {
    /// The producer that may go on.
    var next: InitProducerIdResponse {
        var next = InitProducerIdResponse()
        next.producerId = producerId
        next.producerEpoch = producerEpoch
        return next
    }
}

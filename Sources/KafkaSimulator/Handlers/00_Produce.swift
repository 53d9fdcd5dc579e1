import Bytes
import KafkaProtocol

/// Appends record batches to partitions that the addressed broker leads.
///
/// Version 0 to 2 are offered, as Kafka 4 does for old clients' sake, but not understood. A checksum that is wrong is error 2,
/// a batch above `max.message.bytes` 10, too few in-sync replicas with acks -1 19, an internal topic 17, a time out of range
/// 32, a keyless record on a compacted topic and records that are not what their batch says 87, a batch that does not unpack
/// -1. Where the topic wants another compression it is packed anew. Idempotent producers' sequences are checked.
/// A batch of a transaction is appended only where its transaction holds the partition; from version 12 on it is added by the
/// write itself (KIP-890). Acks 0 has no answer.
enum ProduceHandler: CallHandler {
    typealias Request = ProduceRequest
    typealias PartitionResult = ProduceResponse.TopicProduceResponse.PartitionProduceResponse
    static let versions: ClosedRange<Int16> = 0...13

    static func answer(_ request: ProduceRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<ProduceResponse> {
        var response = ProduceResponse()
        let mayWriteId = request.transactionalId.map { state.allows(context, .write, .transactionalID($0)) } ?? true
        for asked in request.topicData {
            let name = context.version >= 13 ? state.topicNames[asked.topicId] : asked.name
            var result = ProduceResponse.TopicProduceResponse()
            result.name = asked.name
            result.topicId = asked.topicId
            for data in asked.partitionData {
                var (row, accepted) =
                    mayWriteId
                    ? judge(data, of: name, request, context, state)
                    : (refused(data.index, .transactionalIdAuthorizationFailed), nil)
                if let accepted, let name {
                    row.errorCode = admit(accepted, of: request.transactionalId, to: PartitionID(name, data.index), context, &state)
                    if !row.errorCode.isError {
                        row.baseOffset = state.topics[name]?.partitions[Int(data.index)].append(accepted) ?? -1
                    }
                }
                result.partitionResponses.append(row)
            }
            response.responses.append(result)
        }
        if context.version >= 10 { addLeaders(&response, state) }
        state.recheckFetches(on: context.broker)
        return request.acks == 0 ? .never : .now(response)
    }

    /// Whether the batch may be appended as far as its transaction is concerned.
    private static func admit(
        _ batch: RecordBatch, of id: ByteString?, to partition: PartitionID, _ context: CallContext, _ state: inout ClusterState
    ) -> ErrorCode {
        let isOpen = state.topics[partition.topic]?.partitions[Int(partition.partition)].transactions.open[batch.producerID] != nil
        guard batch.isTransactional else { return isOpen ? .invalidTxnState : .none }
        guard let id else { return .transactionalIdAuthorizationFailed }
        return state.admit(
            Transaction.Producer(id: batch.producerID, epoch: batch.producerEpoch), of: id, to: partition,
            TransactionSupport(produce: context.version), context)
    }

    /// The answer for one partition, and the batch to append, if any. Apart from the appending itself, so that no copy of the
    /// log is alive when that grows.
    private static func judge(
        _ data: ProduceRequest.TopicProduceData.PartitionProduceData, of name: ByteString?, _ request: ProduceRequest,
        _ context: CallContext, _ state: ClusterState
    ) -> (PartitionResult, accepted: RecordBatch?) {
        var result = refused(data.index, .none)
        func refuse(_ code: ErrorCode, _ message: String? = nil) -> (PartitionResult, accepted: RecordBatch?) {
            result.errorCode = code
            result.errorMessage = message.map { ByteString($0) }
            return (result, nil)
        }
        if let name, !state.allows(context, .write, .topic(name)) { return refuse(.topicAuthorizationFailed) }
        guard let topic = name.flatMap({ state.topics[$0] }) else {
            return refuse(context.version >= 13 ? .unknownTopicId : .unknownTopicOrPartition)
        }
        guard [-1, 0, 1].contains(request.acks) else { return refuse(.invalidRequiredAcks) }
        if topic.isInternal { return refuse(.invalidTopic) }
        let partition: Partition
        switch state.led(topic, data.index, by: context.broker) {
        case .success(let found): partition = found
        case .failure(let refusal):
            if refusal.code == .notLeaderOrFollower, context.version >= 10 {
                result.currentLeader.leaderId = topic.partitions[Int(data.index)].leader
                result.currentLeader.leaderEpoch = topic.partitions[Int(data.index)].leaderEpoch
            }
            return refuse(refusal.code)
        }
        let rules = AppendRules(topic, partition: data.index, state.configs, broker: context.broker)
        if request.acks == -1, partition.inSync.count < rules.minimumInSync { return refuse(.notEnoughReplicas) }
        switch rules.check(data.records?.bytes ?? [], version: context.version, now: context.now) {
        case .failure(let flaw):
            result.recordErrors = flaw.recordErrors
            return refuse(flaw.code, flaw.message)
        case .success(let batch):
            result.logStartOffset = partition.log.startOffset
            if batch.hasLogAppendTime { result.logAppendTimeMs = batch.maxTimestamp }
            switch partition.producers.verdict(on: batch) {
            case .refuse(let code): return refuse(code)
            case .duplicate(let offset):
                result.baseOffset = offset
                return (result, nil)
            case .append: return (result, batch)
            }
        }
    }

    private static func refused(_ index: Int32, _ code: ErrorCode) -> PartitionResult {
        var result = PartitionResult()
        result.index = index
        result.baseOffset = -1
        result.errorCode = code
        return result
    }

    private static func addLeaders(_ response: inout ProduceResponse, _ state: ClusterState) {
        let leaders = Set(response.responses.flatMap { $0.partitionResponses.map(\.currentLeader.leaderId) })
        response.nodeEndpoints = state.livingBrokers.filter { leaders.contains($0.id) }.map { broker in
            var endpoint = ProduceResponse.NodeEndpoint()
            endpoint.nodeId = broker.id
            endpoint.host = broker.host
            endpoint.port = broker.port
            endpoint.rack = broker.rack
            return endpoint
        }
    }
}

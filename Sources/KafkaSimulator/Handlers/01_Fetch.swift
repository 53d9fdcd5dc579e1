import Bytes
import KafkaProtocol

/// Reads record batches from partitions that the addressed broker leads, from version 4 on; topics by id from version 13 on.
///
/// Waits up to `maxWaitMs` for `minBytes`. Sessions (KIP-227) are kept: see ``FetchSessions``.
enum FetchHandler: CallHandler {
    typealias Request = FetchRequest
    typealias PartitionData = FetchResponse.FetchableTopicResponse.PartitionData

    struct Outcome {
        var response = FetchResponse()
        var bytes = 0
        var failed = false

        func isReady(for request: FetchRequest) -> Bool { failed || bytes >= Int(request.minBytes) }
    }

    static func answer(_ request: FetchRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<FetchResponse> {
        var request = request
        let use: FetchSessions.Use
        switch state.fetchSessions.open(&request, context) {
        case .success(let opened): use = opened
        case .failure(let refusal):
            var response = FetchResponse()
            response.errorCode = refusal.code
            return .now(response)
        }
        let fetch = ParkedFetch(
            request: request, context: context, session: use, deadline: context.uptime + .milliseconds(Int64(request.maxWaitMs)))
        let outcome = read(request, context, state)
        if outcome.isReady(for: request) || request.maxWaitMs <= 0 || request.topics.isEmpty {
            return .now(state.settle(outcome, fetch))
        }
        state.parkedFetches[context.token] = fetch
        return .later
    }

    static func read(_ request: FetchRequest, _ context: CallContext, _ state: ClusterState) -> Outcome {
        var outcome = Outcome()
        for asked in request.topics {
            let topic = context.version >= 13 ? state.topic(asked.topicId) : state.topics[asked.topic]
            var result = FetchResponse.FetchableTopicResponse()
            result.topic = asked.topic
            result.topicId = asked.topicId
            let mayRead = state.allows(context, .read, .topic(topic?.name ?? asked.topic))
            for partition in asked.partitions {
                guard mayRead || (topic == nil && context.version >= 13) else {
                    outcome.failed = true
                    result.partitions.append(refused(partition.partition, .topicAuthorizationFailed))
                    continue
                }
                let data = read(partition, of: topic, request, context, state, room: Int(request.maxBytes) - outcome.bytes)
                outcome.bytes += data.records?.bytes.count ?? 0
                if data.errorCode.isError { outcome.failed = true }
                result.partitions.append(data)
            }
            outcome.response.responses.append(result)
        }
        if context.version >= 16, outcome.failed { addLeaders(&outcome.response, state) }
        return outcome
    }

    private static func read(
        _ asked: FetchRequest.FetchTopic.FetchPartition, of topic: Topic?, _ request: FetchRequest, _ context: CallContext,
        _ state: ClusterState, room: Int
    ) -> PartitionData {
        var data = refused(asked.partition, .none)
        func refuse(_ code: ErrorCode) -> PartitionData {
            data.errorCode = code
            return data
        }
        if topic == nil, context.version >= 13 { return refuse(.unknownTopicId) }
        switch state.led(topic, asked.partition, by: context.broker, epoch: asked.currentLeaderEpoch) {
        case .failure(let refusal):
            if let topic, topic.partitions.indices.contains(Int(asked.partition)), context.version >= 12 {
                data.currentLeader.leaderId = topic.partitions[Int(asked.partition)].leader
                data.currentLeader.leaderEpoch = topic.partitions[Int(asked.partition)].leaderEpoch
            }
            return refuse(refusal.code)
        case .success(let partition):
            let log = partition.log
            guard (log.startOffset...log.endOffset).contains(asked.fetchOffset) else { return refuse(.offsetOutOfRange) }
            if let end = divergence(asked, partition) {
                data.divergingEpoch = end
            } else if room > 0 {
                let bound = request.isReadCommitted ? partition.lastStableOffset : log.highWatermark
                let read = log.read(from: asked.fetchOffset, below: bound, limit: min(Int(asked.partitionMaxBytes), room))
                data.records = Blob(read.bytes)
                if request.isReadCommitted {
                    data.abortedTransactions = partition.transactions.aborted(within: asked.fetchOffset..<read.next).map { .init($0) }
                }
            }
            data.highWatermark = log.highWatermark
            data.lastStableOffset = partition.lastStableOffset
            data.logStartOffset = log.startOffset
            if request.isReadCommitted, data.abortedTransactions == nil { data.abortedTransactions = [] }
            return data
        }
    }

    private static func refused(_ index: Int32, _ code: ErrorCode) -> PartitionData {
        var data = PartitionData()
        data.partitionIndex = index
        data.records = Blob()
        data.errorCode = code
        data.highWatermark = -1
        return data
    }

    /// Where the epoch that the client read last ends earlier than it thinks (KIP-595).
    private static func divergence(
        _ asked: FetchRequest.FetchTopic.FetchPartition, _ partition: Partition
    ) -> PartitionData.EpochEndOffset? {
        guard asked.lastFetchedEpoch >= 0,
            let end = partition.log.end(of: asked.lastFetchedEpoch, currentEpoch: partition.leaderEpoch),
            end.epoch < asked.lastFetchedEpoch || end.offset < asked.fetchOffset
        else { return nil }
        var diverging = PartitionData.EpochEndOffset()
        diverging.epoch = end.epoch
        diverging.endOffset = end.offset
        return diverging
    }

    private static func addLeaders(_ response: inout FetchResponse, _ state: ClusterState) {
        let leaders = Set(response.responses.flatMap { $0.partitions.map(\.currentLeader.leaderId) })
        response.nodeEndpoints = state.livingBrokers.filter { leaders.contains($0.id) }.map { broker in
            var endpoint = FetchResponse.NodeEndpoint()
            endpoint.nodeId = broker.id
            endpoint.host = broker.host
            endpoint.port = broker.port
            endpoint.rack = broker.rack
            return endpoint
        }
    }
}

extension FetchRequest {
    /// Isolation level 1: what is pending in a transaction, and all behind it, is not shown.
    fileprivate var isReadCommitted: Bool { isolationLevel == 1 }
}

extension FetchHandler.PartitionData.AbortedTransaction {
    fileprivate init(_ aborted: PartitionTransactions.Aborted) {
        self.init()
        producerId = aborted.producerID
        firstOffset = aborted.firstOffset
    }
}

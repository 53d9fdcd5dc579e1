import Bytes
import KafkaProtocol

/// Reads record batches from partitions that the addressed broker leads, from version 4 on; topics by id from version 13 on.
///
/// Waits up to `maxWaitMs` for `minBytes`. Sessions (KIP-227) are kept: see ``FetchSessions``. `maxBytes` and `partitionMaxBytes`
/// are kept to but for the first batch of the answer, which comes whole; the last one of a partition may end in the middle.
/// Partitions that no log is asked for, because they are not there or not for the caller, come last.
enum FetchHandler: CallHandler {
    typealias Request = FetchRequest
    typealias PartitionData = FetchResponse.FetchableTopicResponse.PartitionData

    struct Outcome {
        var response = FetchResponse()
        var bytes = 0
        var failed = false

        /// Whoever takes few bytes cannot wait for many.
        func isReady(for request: FetchRequest) -> Bool { failed || bytes >= Int(min(request.minBytes, request.maxBytes)) }
    }

    static func answer(_ request: FetchRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<FetchResponse> {
        var request = request
        if !request.hasKnownIsolation, askedOfLogs(request, context, state) { return .now(ofUnknownIsolation(request, context)) }
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
        var room = min(Int(request.maxBytes), state.configs.number("fetch.max.bytes", broker: context.broker) ?? .max)
        var takesFirst = true
        var refusals: [(FetchRequest.FetchTopic, PartitionData)] = []
        for (asked, partition) in request.eachOnce {
            if let code = refusal(asked, partition.partition, context, state) {
                var data = refused(partition.partition, code)
                data.abortedTransactions = []
                refusals.append((asked, data))
                continue
            }
            let topic = topic(asked, context, state)
            let data = read(partition, of: topic, request, context, state, room: room, takesFirst: takesFirst)
            let count = data.records?.bytes.count ?? 0
            if count > 0 { takesFirst = false }
            room = max(0, room - count)
            outcome.bytes += count
            if data.errorCode.isError || data.divergingEpoch.epoch >= 0 { outcome.failed = true }
            outcome.add(data, of: asked)
        }
        for (asked, data) in refusals { outcome.add(data, of: asked) }
        if !refusals.isEmpty { outcome.failed = true }
        if context.version >= 16, outcome.failed { addLeaders(&outcome.response, state) }
        return outcome
    }

    private static func topic(_ asked: FetchRequest.FetchTopic, _ context: CallContext, _ state: ClusterState) -> Topic? {
        context.version >= 13 ? state.topic(asked.topicId) : state.topics[asked.topic]
    }

    /// Why no log is asked for a partition.
    private static func refusal(
        _ asked: FetchRequest.FetchTopic, _ index: Int32, _ context: CallContext, _ state: ClusterState
    ) -> ErrorCode? {
        let topic = topic(asked, context, state)
        if topic == nil, context.version >= 13 { return .unknownTopicId }
        guard state.allows(context, .read, .topic(topic?.name ?? asked.topic)) else { return .topicAuthorizationFailed }
        return topic?.partitions.indices.contains(Int(index)) == true ? nil : .unknownTopicOrPartition
    }

    private static func askedOfLogs(_ request: FetchRequest, _ context: CallContext, _ state: ClusterState) -> Bool {
        request.topics.contains { topic in
            topic.partitions.contains { refusal(topic, $0.partition, context, state) == nil }
        }
    }

    /// An isolation level that does not exist fails the whole; before version 13 each partition says so, too.
    private static func ofUnknownIsolation(_ request: FetchRequest, _ context: CallContext) -> FetchResponse {
        var response = FetchResponse()
        response.errorCode = context.version >= 7 ? .unknownServerError : .none
        response.sessionId = context.version >= 7 ? request.sessionId : 0
        guard context.version < 13 else { return response }
        response.responses = request.topics.map { topic in
            var result = FetchResponse.FetchableTopicResponse()
            result.topic = topic.topic
            result.partitions = topic.partitions.map { partition in
                var data = refused(partition.partition, .unknownServerError)
                data.abortedTransactions = []
                return data
            }
            return result
        }
        return response
    }

    private static func read(
        _ asked: FetchRequest.FetchTopic.FetchPartition, of topic: Topic?, _ request: FetchRequest, _ context: CallContext,
        _ state: ClusterState, room: Int, takesFirst: Bool
    ) -> PartitionData {
        var data = refused(asked.partition, .none)
        func refuse(_ code: ErrorCode) -> PartitionData {
            data.errorCode = code
            return data
        }
        switch state.led(topic, asked.partition, by: context.broker, epoch: asked.currentLeaderEpoch) {
        case .failure(let refusal):
            // Where it leads to somebody else, a client since version 16 is told where (KIP-951).
            if context.version >= 16, let topic, [.notLeaderOrFollower, .fencedLeaderEpoch].contains(refusal.code) {
                data.currentLeader.leaderId = topic.partitions[Int(asked.partition)].leader
                data.currentLeader.leaderEpoch = topic.partitions[Int(asked.partition)].leaderEpoch
            }
            return refuse(refusal.code)
        case .success(let partition):
            let log = partition.log
            let divergence: PartitionData.EpochEndOffset?
            switch Self.divergence(asked, partition) {
            case .success(let found): divergence = found
            case .failure(let refusal): return refuse(refusal.code)
            }
            guard divergence != nil || (log.startOffset...log.endOffset).contains(asked.fetchOffset) else {
                return refuse(.offsetOutOfRange)
            }
            if let divergence {
                data.divergingEpoch = divergence
            } else {
                let bound = request.isReadCommitted ? partition.lastStableOffset : log.highWatermark
                let limit = min(Int(asked.partitionMaxBytes), room)
                // Less than nothing cannot be read.
                if limit < 0, asked.fetchOffset < bound { return refuse(.unknownServerError) }
                let read = log.read(from: asked.fetchOffset, below: bound, limit: limit, takesFirst: takesFirst)
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

    /// Where the epoch that the client read last ends earlier than it thinks (KIP-595). An epoch that is still to come cannot be
    /// compared, nor can what lies before the log's start.
    private static func divergence(
        _ asked: FetchRequest.FetchTopic.FetchPartition, _ partition: Partition
    ) -> Result<PartitionData.EpochEndOffset?, ErrorCode.Refusal> {
        guard asked.lastFetchedEpoch >= 0 else { return .success(nil) }
        guard let end = partition.log.end(of: asked.lastFetchedEpoch, currentEpoch: partition.leaderEpoch),
            asked.fetchOffset >= partition.log.startOffset
        else { return .failure(.init(.offsetOutOfRange)) }
        guard end.epoch < asked.lastFetchedEpoch || end.offset < asked.fetchOffset else { return .success(nil) }
        var diverging = PartitionData.EpochEndOffset()
        diverging.epoch = end.epoch
        diverging.endOffset = end.offset
        return .success(diverging)
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

extension FetchHandler.Outcome {
    /// Beside the partition before it, where that is of the same topic.
    fileprivate mutating func add(_ data: FetchHandler.PartitionData, of asked: FetchRequest.FetchTopic) {
        if response.responses.last.map({ $0.topic != asked.topic || $0.topicId != asked.topicId }) ?? true {
            var topic = FetchResponse.FetchableTopicResponse()
            topic.topic = asked.topic
            topic.topicId = asked.topicId
            response.responses.append(topic)
        }
        response.responses[response.responses.count - 1].partitions.append(data)
    }
}

extension FetchRequest {
    /// Isolation level 1: what is pending in a transaction, and all behind it, is not shown.
    fileprivate var isReadCommitted: Bool { isolationLevel == IsolationLevel.readCommitted.rawValue }
    fileprivate var hasKnownIsolation: Bool { IsolationLevel(rawValue: isolationLevel) != nil }

    /// Every partition that is asked for, one that stands twice in the place of the first as the last one has it.
    fileprivate var eachOnce: [(FetchTopic, FetchTopic.FetchPartition)] {
        var rows: [(FetchTopic, FetchTopic.FetchPartition)] = []
        var known: [FetchSession.Key: Int] = [:]
        for topic in topics {
            for partition in topic.partitions {
                let key = FetchSession.Key(topic: topic.topic, id: topic.topicId, partition: partition.partition)
                if let row = known[key] {
                    rows[row].1 = partition
                } else {
                    known[key] = rows.count
                    rows.append((topic, partition))
                }
            }
        }
        return rows
    }
}

extension FetchHandler.PartitionData.AbortedTransaction {
    fileprivate init(_ aborted: PartitionTransactions.Aborted) {
        self.init()
        producerId = aborted.producerID
        firstOffset = aborted.firstOffset
    }
}

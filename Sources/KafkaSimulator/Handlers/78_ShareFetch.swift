import Bytes
import KafkaProtocol

/// Hands records out to a member of a share group, and takes in what it says of earlier ones (KIP-932).
///
/// Where nothing is to be had it waits up to `maxWaitMs`. With epoch -1 nothing is read, and what the member still holds is free for others.
/// Whether the member is in the group is not looked at, as brokers do not either.
enum ShareFetchHandler: CallHandler {
    typealias Request = ShareFetchRequest
    typealias Row = ShareFetchResponse.PartitionData

    static func answer(
        _ request: ShareFetchRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ShareFetchResponse> {
        do throws(ShareRefusal) {
            let key = try state.shareSession(request.groupId, request.memberId, context)
            let limit = state.configs.number("group.share.max.share.sessions", broker: context.broker) ?? 2000
            let partitions = try state.shareSessions.open(request, as: key, on: context.connection, limit: limit)
            var fetch = ParkedShareFetch(
                request: request, context: context, partitions: partitions, acknowledged: [:],
                deadline: context.uptime + .milliseconds(Int64(max(0, request.maxWaitMs))))
            for topic in request.topics {
                for partition in topic.partitions where !partition.acknowledgementBatches.isEmpty {
                    let place = SharedPartition(topic: topic.topicId, partition: partition.partitionIndex)
                    fetch.acknowledged[place] = .some(
                        state.acknowledge(partition.acknowledgementBatches, of: place, as: key, context))
                }
            }
            let ends = request.shareSessionEpoch == -1
            let response = attempt(fetch, &state, isLast: ends || request.maxWaitMs <= 0 || partitions.isEmpty)
            if ends { state.endShareSession(key) }
            if !fetch.acknowledged.isEmpty { state.recheckShareFetches() }
            if let response { return .now(response) }
            state.parkedShareFetches[context.token] = fetch
            return .later
        } catch {
            var response = ShareFetchResponse()
            response.errorCode = error.code
            response.errorMessage = error.message.map { ByteString($0) }
            return .now(response)
        }
    }

    /// The answer, where there are records or nothing but errors; else nil, unless this is the last attempt.
    static func attempt(_ fetch: ParkedShareFetch, _ state: inout ClusterState, isLast: Bool) -> ShareFetchResponse? {
        let request = fetch.request
        var context = fetch.context
        // A hold begins with the answer.
        context.uptime = max(context.uptime, state.uptime)
        guard let group = request.groupId, let member = request.memberId else { return nil }
        let key = ShareSessions.Key(broker: context.broker, group: group, member: member)
        var rows: [(place: SharedPartition, row: Row)] = []
        var recordsLeft = Int(request.maxRecords)
        let bytesEach = max(1, Int(request.maxBytes) / max(1, fetch.partitions.count))
        for place in fetch.partitions {
            let row = read(place, of: group, for: member, atMost: recordsLeft, bytes: bytesEach, Int(request.batchSize), context, &state)
            recordsLeft -= row.acquiredRecords.reduce(0) { $0 + Int($1.lastOffset - $1.firstOffset) + 1 }
            rows.append((place, row))
        }
        let hasRecords = rows.contains { !$0.row.acquiredRecords.isEmpty }
        guard isLast || hasRecords || (!rows.isEmpty && rows.allSatisfy { $0.row.errorCode.isError }) else { return nil }
        rows = rows.filter { place, row in
            if !row.acquiredRecords.isEmpty { state.shareSessions.hadRecords(key, place) }
            let isNew = state.shareSessions.takeUntold(key, place)
            return isNew || !row.acquiredRecords.isEmpty || row.errorCode.isError || fetch.acknowledged[place] != nil
        }
        for place in fetch.acknowledged.keys.sorted()
        where !rows.contains(where: { $0.place == place }) {
            rows.append((place, empty(place.partition)))
        }
        var response = ShareFetchResponse()
        response.acquisitionLockTimeoutMs = Int32(
            clamping: state.shareLimits(of: group, broker: context.broker).hold.wholeMilliseconds)
        for (place, row) in rows {
            var row = row
            if case .some(.some(let refusal)) = fetch.acknowledged[place] {
                row.acknowledgeErrorCode = refusal.code
                row.acknowledgeErrorMessage = refusal.message.map { ByteString($0) }
            }
            if response.responses.last?.topicId != place.topic {
                var topic = ShareFetchResponse.ShareFetchableTopicResponse()
                topic.topicId = place.topic
                response.responses.append(topic)
            }
            response.responses[response.responses.count - 1].partitions.append(row)
        }
        let moved = rows.map(\.row).filter { $0.errorCode == .notLeaderOrFollower || $0.acknowledgeErrorCode == .notLeaderOrFollower }
        response.nodeEndpoints = state.shareEndpoints(Set(moved.map(\.currentLeader.leaderId)))
        return response
    }

    private static func read(
        _ place: SharedPartition, of group: ByteString, for member: ByteString, atMost wanted: Int, bytes: Int, _ runLength: Int,
        _ context: CallContext, _ state: inout ClusterState
    ) -> Row {
        var row = empty(place.partition)
        do throws(ShareRefusal) {
            let (topic, partition) = try state.shared(place, context)
            let isCommitted = state.configs.groups[group]?["share.isolation.level"] == "read_committed"
            let bound = isCommitted ? partition.lastStableOffset : partition.log.highWatermark
            let (acquired, batches) = try state.withDeliveries(of: group, topic, partition, context) {
                (deliveries, limits) throws(ShareRefusal) -> ([SharePartition.Acquired], [RecordBatch]) in
                guard deliveries.hasRoom(limits) else { return ([], []) }
                let batches = partition.log.batches(from: deliveries.fetchOffset, below: bound, limit: bytes)
                let acquired = deliveries.acquire(
                    batches.map { $0.baseOffset...$0.lastOffset }, for: member, atMost: wanted, runLength: runLength, limits,
                    now: context.uptime)
                if isCommitted {
                    for batch in batches where partition.transactions.isAborted(batch) {
                        deliveries.settle(batch.baseOffset...batch.lastOffset)
                    }
                }
                return (acquired, Array(batches))
            }
            guard let first = acquired.first?.first, let last = acquired.last?.last else { return row }
            row.records = Blob(batches.filter { $0.lastOffset >= first && $0.baseOffset <= last }.flatMap(\.bytes))
            let aborted = isCommitted ? batches.filter(partition.transactions.isAborted).map { $0.baseOffset...$0.lastOffset } : []
            row.acquiredRecords = acquired.flatMap { $0.without(aborted) }.map {
                var run = ShareFetchResponse.AcquiredRecords()
                (run.firstOffset, run.lastOffset, run.deliveryCount) = ($0.first, $0.last, $0.count)
                return run
            }
            if row.acquiredRecords.isEmpty { row.records = Blob() }
        } catch {
            row.errorCode = error.code
            row.errorMessage = error.message.map { ByteString($0) }
            if let leader = state.leader(of: place), error.code == .notLeaderOrFollower {
                (row.currentLeader.leaderId, row.currentLeader.leaderEpoch) = leader
            }
        }
        return row
    }

    private static func empty(_ index: Int32) -> Row {
        var row = Row()
        row.partitionIndex = index
        row.records = Blob()
        return row
    }
}

extension SharePartition.Acquired {
    /// What is left of the run where these offsets are taken out of it.
    fileprivate func without(_ holes: [ClosedRange<Int64>]) -> [SharePartition.Acquired] {
        var (rest, from): ([SharePartition.Acquired], Int64) = ([], first)
        for hole in holes where hole.overlaps(first...last) {
            if hole.lowerBound > from { rest.append(SharePartition.Acquired(first: from, last: hole.lowerBound - 1, count: count)) }
            from = max(from, hole.upperBound + 1)
        }
        if from <= last { rest.append(SharePartition.Acquired(first: from, last: last, count: count)) }
        return rest
    }
}

extension PartitionTransactions {
    /// Whether the batch's records belong to a transaction that was aborted.
    fileprivate func isAborted(_ batch: RecordBatch) -> Bool {
        batch.isTransactional && !batch.isControl
            && aborted.contains { $0.producerID == batch.producerID && ($0.firstOffset...$0.lastOffset).contains(batch.baseOffset) }
    }
}

import Bytes
public import KafkaProtocol
import Seams

/// Which offset of a partition is asked for.
public enum OffsetSpec: Sendable, Hashable {
    /// The first that is still there.
    case earliest
    /// The end: that of the next record (the high watermark).
    case latest
    /// The first whose record is not older, milliseconds since the epoch.
    case timestamp(Int64)
    /// That of the record with the greatest timestamp (KIP-734, Kafka 3.0).
    case maxTimestamp

    var wireValue: Int64 {
        switch self {
        case .earliest: -2
        case .latest: -1
        case .timestamp(let milliseconds): milliseconds
        case .maxTimestamp: -3
        }
    }

    /// The first version of ListOffsets that has it.
    fileprivate var since: Int16 { self == .maxTimestamp ? 7 : 1 }
}

extension IsolationLevel {
    /// The version of ListOffsets from which on the last stable offset can be asked for, as the end of a partition (KIP-98).
    fileprivate var since: Int16 { self == .readCommitted ? 2 : 1 }
}

/// What a partition's leader answered.
public struct ListedOffset: Sendable, Equatable {
    /// −1: there is none, such as no record as young as the timestamp.
    public var offset: Int64
    /// Milliseconds; −1 where it was not asked by timestamp.
    public var timestamp: Int64
    /// −1: not known.
    public var leaderEpoch: Int32
    /// Such as LEADER_NOT_AVAILABLE (5) for a partition without a leader, UNKNOWN_TOPIC_OR_PARTITION (3).
    public var error: ErrorCode

    public init(offset: Int64, timestamp: Int64 = -1, leaderEpoch: Int32 = -1, error: ErrorCode = .none) {
        self.offset = offset
        self.timestamp = timestamp
        self.leaderEpoch = leaderEpoch
        self.error = error
    }
}

extension KafkaClient {
    /// Asks each partition's leader, one call a leader; each partition stands in a request once. Leaders that have moved are
    /// looked up and asked again, a bounded number of times; then the partition carries the last error. What a broker
    /// that cannot be reached leads is unread.
    public func listOffsets(
        _ partitions: [TopicPartition], at spec: OffsetSpec, isolation: IsolationLevel = .readUncommitted
    ) async throws(KafkaError) -> Sharded<[TopicPartition: ListedOffset]> {
        var sharded = Sharded<[TopicPartition: ListedOffset]>([:])
        var left = Set(partitions)
        var backoff = Backoff(first: configuration.retryBackoff, limit: configuration.retryBackoffMax)
        for round in 1...Self.leaderRounds where !left.isEmpty {
            if round > 1 { try await pause(&backoff) }
            let (byLeader, leaderless) = try await leaders(of: left)
            for partition in leaderless { sharded.value[partition] = ListedOffset(offset: -1, error: .leaderNotAvailable) }
            let answers = await each(byLeader.keys.sorted()) { (leader) async throws(KafkaError) in
                try await self.offsets(byLeader[leader] ?? [], at: spec, isolation, of: leader)
            }
            var moved = Set(leaderless)
            for (leader, answer) in answers.sorted(by: { $0.key < $1.key }) {
                let asked = byLeader[leader] ?? []
                switch answer {
                case .success(let offsets):
                    for partition in asked {
                        let offset = offsets[partition] ?? ListedOffset(offset: -1, error: .unknownServerError)
                        sharded.value[partition] = offset
                        if offset.error.remedy != .none { moved.insert(partition) }
                    }
                case .failure(let error):
                    sharded.unread.append(
                        Unread(
                            broker: leader, subject: "the offsets of \(asked.count.counted("partition")) that broker \(leader) leads",
                            error: error))
                }
            }
            let doubtful = moved
            state.withLockedValue { state in for partition in doubtful { state.view.doubt(.leader(partition)) } }
            left = moved
        }
        return sharded
    }

    private static var leaderRounds: Int { 4 }

    /// Who leads what, looked up where it is not known.
    private func leaders(of partitions: Set<TopicPartition>) async throws(KafkaError) -> ([Int32: [TopicPartition]], [TopicPartition]) {
        let unknown = state.withLockedValue { state in Set(partitions.filter { state.view.leaders[$0] == nil }.map(\.topic)) }
        if !unknown.isEmpty { try await refreshView(topics: unknown.sorted()) }
        let view = state.withLockedValue { $0.view }
        var byLeader: [Int32: [TopicPartition]] = [:]
        var leaderless: [TopicPartition] = []
        for partition in partitions.sorted() {
            if let leader = view.leaders[partition] {
                byLeader[leader, default: []].append(partition)
            } else {
                leaderless.append(partition)
            }
        }
        return (byLeader, leaderless)
    }

    private func offsets(
        _ partitions: [TopicPartition], at spec: OffsetSpec, _ isolation: IsolationLevel, of leader: Int32
    ) async throws(KafkaError) -> [TopicPartition: ListedOffset] {
        var request = ListOffsetsRequest()
        request.replicaId = -1
        request.isolationLevel = isolation.rawValue
        request.timeoutMs = Int32(clamping: configuration.requestTimeout.wholeMilliseconds)
        request.topics = Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }.map { name, partitions in
            var topic = ListOffsetsRequest.ListOffsetsTopic()
            topic.name = name
            topic.partitions = partitions.map {
                var partition = ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition()
                partition.partitionIndex = $0.partition
                partition.timestamp = spec.wireValue
                return partition
            }
            return topic
        }
        let since = max(spec.since, isolation.since)
        if since > 1, let version = try await version(of: ListOffsetsRequest.self, at: .broker(leader)), version < since {
            throw KafkaError.unsupported(.listOffsets, theirs: 1...version)
        }
        var found: [TopicPartition: ListedOffset] = [:]
        for topic in try await send(request, to: .broker(leader)).topics {
            for partition in topic.partitions {
                found[TopicPartition(topic.name, partition.partitionIndex)] = ListedOffset(
                    offset: partition.offset, timestamp: partition.timestamp, leaderEpoch: partition.leaderEpoch, error: partition.errorCode
                )
            }
        }
        return found
    }
}

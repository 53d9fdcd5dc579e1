public import Bytes
public import KafkaProtocol

/// Where a group stands in a partition, exactly as the broker returns it.
public struct CommittedOffset: Sendable, Equatable {
    /// Of the next record to be read; −1: nothing is committed.
    public var offset: Int64
    /// −1: not known.
    public var leaderEpoch: Int32
    public var metadata: ByteString?
    /// Such as UNSTABLE_OFFSET_COMMIT (88): a transaction is about to change it.
    public var error: ErrorCode

    public init(offset: Int64, leaderEpoch: Int32 = -1, metadata: ByteString? = nil, error: ErrorCode = .none) {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
        self.error = error
    }
}

extension KafkaClient {
    /// All committed offsets of groups, by group: many groups a call from version 8 on, one a call before. `requireStable` has
    /// effect from version 7 on (Kafka 2.5). A group whose offsets cannot be read is unread.
    public func fetchOffsets(
        _ groups: [ListedGroup], requireStable: Bool
    ) async throws(KafkaError) -> Sharded<[ByteString: [TopicPartition: CommittedOffset]]> {
        let answers = try await atCoordinators(groups, subject: "the offsets of group", error: \GroupOffsets.error) {
            (broker, groups) async throws(KafkaError) in
            try await self.offsets(of: groups.map { OffsetQuery(group: $0.id) }, at: broker, requireStable: requireStable)
        }
        var sharded = Sharded<[ByteString: [TopicPartition: CommittedOffset]]>([:], unread: answers.unread)
        for (group, offsets) in answers.value.sorted(by: { $0.key < $1.key }) {
            guard offsets.error.isError else {
                sharded.value[group] = offsets.partitions
                continue
            }
            sharded.unread.append(
                Unread(
                    subject: "the offsets of group \(group)",
                    error: KafkaError(
                        .brokerError(offsets.error), api: .offsetFetch, outcome: .answered, cause: "the broker answered \(offsets.error)",
                        hint: offsets.error.hint)))
        }
        return sharded
    }

    /// The offsets of some partitions of one group, by name. Unlike the question for all, this shows a first commit that is
    /// pending in a transaction (error 88 of the partition).
    public func fetchOffsets(
        group: ByteString, partitions: [TopicPartition], requireStable: Bool
    ) async throws(KafkaError) -> [TopicPartition: CommittedOffset] {
        let coordinator = try await locateCoordinator(group, effect: .reads)
        let answers = try await atCoordinators(
            [ListedGroup(id: group, coordinator: coordinator)], subject: "the offsets of group", error: \GroupOffsets.error
        ) { (broker, _) async throws(KafkaError) in
            try await self.offsets(of: [OffsetQuery(group: group, partitions: partitions)], at: broker, requireStable: requireStable)
        }
        if let unread = answers.unread.first { throw unread.error }
        let offsets = answers.value[group] ?? GroupOffsets()
        guard !offsets.error.isError else {
            throw KafkaError(
                .brokerError(offsets.error), api: .offsetFetch, outcome: .answered,
                cause: "group \(group): the broker answered \(offsets.error)",
                hint: offsets.error.hint)
        }
        return offsets.partitions
    }

    private func offsets(
        of queries: [OffsetQuery], at broker: Int32, requireStable: Bool
    ) async throws(KafkaError) -> [ByteString: GroupOffsets] {
        do throws(KafkaError) {
            return try await manyOffsets(queries, at: broker, requireStable: requireStable)
        } catch  where error.code == .unsupported {
            var found: [ByteString: GroupOffsets] = [:]
            for query in queries { found[query.group] = try await oldOffsets(query, at: broker, requireStable: requireStable) }
            return found
        }
    }

    /// Version 8 and later: several groups a call.
    private func manyOffsets(
        _ queries: [OffsetQuery], at broker: Int32, requireStable: Bool
    ) async throws(KafkaError) -> [ByteString: GroupOffsets] {
        var request = OffsetFetchRequest()
        request.requireStable = requireStable
        request.groups = queries.map(\.inMany)
        let answer = try await send(request, to: .broker(broker))
        return Dictionary(answer.groups.map { ($0.groupId, GroupOffsets($0)) }) { first, _ in first }
    }

    private func oldOffsets(_ query: OffsetQuery, at broker: Int32, requireStable: Bool) async throws(KafkaError) -> GroupOffsets {
        GroupOffsets(
            try await send(
                OffsetFetchRequest.self, to: .broker(broker), atMost: 7,
                build: { version in
                    var request = OffsetFetchRequest()
                    request.groupId = query.group
                    request.topics = query.old
                    request.requireStable = requireStable && version >= 7
                    return request
                }))
    }
}

/// One group's part of the question: all its partitions, or some.
struct OffsetQuery: Sendable {
    var group: ByteString
    var partitions: [TopicPartition]?

    private var byTopic: [(topic: ByteString, indexes: [Int32])]? {
        partitions.map { partitions in
            Dictionary(grouping: Set(partitions), by: \.topic).sorted { $0.key < $1.key }.map {
                ($0.key, $0.value.map(\.partition).sorted())
            }
        }
    }

    var inMany: OffsetFetchRequest.OffsetFetchRequestGroup {
        var group = OffsetFetchRequest.OffsetFetchRequestGroup()
        group.groupId = self.group
        group.topics = byTopic.map { topics in
            topics.map {
                var topic = OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics()
                topic.name = $0.topic
                topic.partitionIndexes = $0.indexes
                return topic
            }
        }
        return group
    }

    var old: [OffsetFetchRequest.OffsetFetchRequestTopic]? {
        byTopic.map { topics in
            topics.map {
                var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
                topic.name = $0.topic
                topic.partitionIndexes = $0.indexes
                return topic
            }
        }
    }
}

/// One group's part of the answer.
struct GroupOffsets: Sendable {
    var error: ErrorCode = .none
    var partitions: [TopicPartition: CommittedOffset] = [:]

    init() {}

    init(_ group: OffsetFetchResponse.OffsetFetchResponseGroup) {
        error = group.errorCode
        for topic in group.topics {
            for partition in topic.partitions {
                partitions[TopicPartition(topic.name, partition.partitionIndex)] = CommittedOffset(
                    offset: partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch, metadata: partition.metadata,
                    error: partition.errorCode)
            }
        }
        promoteCoordinatorError()
    }

    init(_ answer: OffsetFetchResponse) {
        error = answer.errorCode
        for topic in answer.topics {
            for partition in topic.partitions {
                partitions[TopicPartition(topic.name, partition.partitionIndex)] = CommittedOffset(
                    offset: partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch, metadata: partition.metadata,
                    error: partition.errorCode)
            }
        }
        promoteCoordinatorError()
    }

    /// Version 1 has no error of its own: the partitions say that the coordinator is another one.
    private mutating func promoteCoordinatorError() {
        if !error.isError, let code = partitions.values.first(where: { $0.error.concernsCoordinator })?.error { error = code }
    }
}

public import Bytes
import KafkaProtocol

extension KafkaClient {
    /// How many bytes of records one commit brings to the offsets topic at most; brokers refuse what is above 1 MiB.
    static let commitLimit = 512 << 10

    /// Commits offsets for a group without members, split by size. The coordinator takes whatever offset it is given, beyond
    /// the end and below zero: what is sensible is the caller's. Give −1 as the leader epoch of offsets from another cluster.
    public func commitOffsets(
        group: ByteString, _ offsets: [TopicPartition: CommittedOffset]
    ) async throws(KafkaError) -> [TopicPartition: WriteResult] {
        let sorted = offsets.sorted { $0.key < $1.key }
        // Each becomes a record with the group's and the topic's name in its key.
        let size = { (entry: (key: TopicPartition, value: CommittedOffset)) in
            group.count + entry.key.topic.count + (entry.value.metadata?.count ?? 0) + 64
        }
        return try await write(batches(sorted, (Self.commitLimit, size), (Self.writeLimit, { _ in 1 })), key: \.key) {
            (batch) async throws(KafkaError) in
            var request = OffsetCommitRequest()
            request.groupId = group
            request.topics = Dictionary(grouping: batch, by: \.key.topic).sorted { $0.key < $1.key }.map { name, entries in
                var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
                topic.name = name
                topic.partitions = entries.map(OffsetCommitRequest.OffsetCommitRequestTopic.OffsetCommitRequestPartition.init)
                return topic
            }
            let answer = try await send(
                request, to: .groupCoordinator(group),
                failure: { $0.topics.flatMap(\.partitions).map(\.errorCode).first(where: \.concernsCoordinator) ?? .none })
            return Dictionary(
                answer.topics.flatMap { topic in
                    topic.partitions.map { (TopicPartition(topic.name, $0.partitionIndex), WriteResult.answered($0.errorCode)) }
                }
            ) { first, _ in first }
        }
    }

    /// Deletes groups without members, each at its coordinator.
    public func deleteGroups(_ groups: [ListedGroup]) async throws(KafkaError) -> [ByteString: WriteResult] {
        var results: [ByteString: WriteResult] = [:]
        for part in GroupPart.split(groups) {
            let written = try await write([part.groups], key: \.id) { (batch) async throws(KafkaError) in
                var request = DeleteGroupsRequest()
                request.groupsNames = batch.map(\.id)
                let answer = try await send(
                    request, to: .broker(part.coordinator),
                    failure: { $0.results.contains { $0.errorCode == .coordinatorLoadInProgress } ? .coordinatorLoadInProgress : .none })
                return answer.results.results { ($0.groupId, $0.errorCode, nil) }
            }
            results.merge(written) { first, _ in first }
        }
        return results
    }
}

extension OffsetCommitRequest.OffsetCommitRequestTopic.OffsetCommitRequestPartition {
    init(_ entry: (key: TopicPartition, value: CommittedOffset)) {
        self.init()
        partitionIndex = entry.key.partition
        committedOffset = entry.value.offset
        committedLeaderEpoch = entry.value.leaderEpoch
        committedMetadata = entry.value.metadata
    }
}

import Bytes
import KafkaProtocol
import Seams

extension GroupCoordinator {
    typealias CommitTopic = OffsetCommitRequest.OffsetCommitRequestTopic
    typealias CommitAnswer = OffsetCommitResponse.OffsetCommitResponseTopic

    /// Commits positions of topics that exist. All of a refused commit is answered with the one error.
    mutating func commit(_ request: OffsetCommitRequest, _ call: GroupCall) -> [CommitAnswer] {
        let error = admitCommit(request, call)
        if error.isError { return request.topics.map { .init($0, error) } }
        let limits = limits
        let records = request.topics.flatMap { topic in
            topic.partitions.filter { limits.fits($0.committedMetadata) }.map { size(of: $0, topic: topic.name, group: request.groupId) }
        }
        // The commit is one batch of records; one that the log refuses for its size fails as a whole, with no better word.
        if records.reduce(61, +) > limits.commitBytes { return request.topics.map { .init($0, .unknownServerError) } }
        changeOffsets(of: request.groupId) { offsets in
            for topic in request.topics {
                for partition in topic.partitions where limits.fits(partition.committedMetadata) {
                    let value = CommittedOffset(
                        offset: partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch,
                        metadata: partition.committedMetadata, committed: call.clock)
                    offsets.set(value, topic.name, partition.partitionIndex)
                }
            }
        }
        return request.topics.map { topic in
            var answer = CommitAnswer(topic, .none)
            for (index, partition) in topic.partitions.enumerated() where !limits.fits(partition.committedMetadata) {
                answer.partitions[index].errorCode = .offsetMetadataTooLarge
            }
            return answer
        }
    }

    /// Whether the committer may, and what that means for the group: a commit is a sign of life, and one from outside makes
    /// a group that is not there yet.
    private mutating func admitCommit(_ request: OffsetCommitRequest, _ call: GroupCall) -> ErrorCode {
        switch groups[request.groupId] {
        case .consumer(let group):
            return group.validateCommit(epoch: request.generationIdOrMemberEpoch, member: request.memberId, version: call.version)
        case .classic(var group):
            let error = group.validateCommit(
                generation: request.generationIdOrMemberEpoch, member: request.memberId, instance: request.groupInstanceId)
            if !error.isError, let index = group.index(of: request.memberId) {
                group.members[index].heard(at: call.now)
                store(group)
            }
            return error
        case .share: return .groupIdNotFound
        case nil:
            guard request.generationIdOrMemberEpoch < 0 else { return call.version >= 9 ? .groupIdNotFound : .illegalGeneration }
            store(ClassicGroup(id: request.groupId, limits: limits))
            return .none
        }
    }

    /// The bytes of the record that keeps one commit: its key, its value and what frames them.
    private func size(of partition: CommitTopic.OffsetCommitRequestPartition, topic: ByteString, group: ByteString) -> Int {
        let key = 2 + 2 + group.count + 2 + topic.count + 4
        let value = 2 + 8 + 4 + 2 + (partition.committedMetadata?.count ?? 0) + 8
        return 10 + key + value
    }

    typealias FetchGroup = OffsetFetchResponse.OffsetFetchResponseGroup

    /// One group's positions, in the form of version 8 and later. With no topics named: all of them, but, where `stable`
    /// is asked for, not those whose first commit is still in a transaction.
    func fetch(_ request: OffsetFetchRequest.OffsetFetchRequestGroup, stable: Bool) -> FetchGroup {
        var answer = FetchGroup()
        answer.groupId = request.groupId
        if let group = consumer(request.groupId) {
            answer.errorCode = group.validateFetch(epoch: request.memberEpoch, member: request.memberId)
            if answer.errorCode.isError { return answer }
        }
        if share(request.groupId) != nil {
            answer.errorCode = .groupIdNotFound
            return answer
        }
        let committed = offsets[request.groupId] ?? GroupOffsets()
        let asked: [(ByteString, [Int32])] =
            request.topics.map { $0.map { ($0.name, $0.partitionIndexes) } }
            ?? committed.topics.keys.sorted().map { ($0, committed.topics[$0, default: [:]].keys.sorted()) }
        answer.topics = asked.map { name, partitions in
            var topic = FetchGroup.OffsetFetchResponseTopics()
            topic.name = name
            topic.partitions = partitions.map { index in
                var partition = FetchGroup.OffsetFetchResponseTopics.OffsetFetchResponsePartitions()
                partition.partitionIndex = index
                partition.committedOffset = -1
                partition.metadata = ""
                if stable, committed.isPending(name, index) {
                    partition.errorCode = .unstableOffsetCommit
                } else if let value = committed[name, index] {
                    partition.committedOffset = value.offset
                    partition.committedLeaderEpoch = value.leaderEpoch
                    partition.metadata = value.metadata
                }
                return partition
            }
            return topic
        }
        return answer
    }

    /// Forgets positions of topics that exist; nil where there is no such group or it does not let go of any.
    mutating func deleteOffsets(
        of id: ByteString, _ topics: [OffsetDeleteRequest.OffsetDeleteRequestTopic]
    ) -> (error: ErrorCode, topics: [OffsetDeleteResponse.OffsetDeleteResponseTopic]) {
        let subscribed: Set<ByteString>
        switch groups[id] {
        case nil, .share: return (.groupIdNotFound, [])
        case .consumer(let group): subscribed = group.subscribedTopics
        case .classic(let group) where group.isEmpty: subscribed = []
        case .classic(let group):
            guard let topics = group.subscribedTopics else { return (.nonEmptyGroup, []) }
            subscribed = topics
        }
        changeOffsets(of: id) { offsets in
            for topic in topics where !subscribed.contains(topic.name) {
                for partition in topic.partitions { offsets.remove(topic.name, partition.partitionIndex) }
            }
        }
        return (.none, topics.map { .init($0, subscribed.contains($0.name) ? .groupSubscribedToTopic : .none) })
    }
}

extension OffsetCommitResponse.OffsetCommitResponseTopic {
    /// The same error for every partition.
    init(_ topic: OffsetCommitRequest.OffsetCommitRequestTopic, _ error: ErrorCode) {
        self.init()
        name = topic.name
        partitions = topic.partitions.map {
            var partition = OffsetCommitResponsePartition()
            partition.partitionIndex = $0.partitionIndex
            partition.errorCode = error
            return partition
        }
    }
}

extension OffsetDeleteResponse.OffsetDeleteResponseTopic {
    /// The same error for every partition.
    init(_ topic: OffsetDeleteRequest.OffsetDeleteRequestTopic, _ error: ErrorCode) {
        self.init()
        name = topic.name
        partitions = topic.partitions.map {
            var partition = OffsetDeleteResponsePartition()
            partition.partitionIndex = $0.partitionIndex
            partition.errorCode = error
            return partition
        }
    }
}

import Bytes
import KafkaProtocol

/// Start offsets of share groups.
extension GroupCoordinator {
    typealias ShareOffsets = DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponseGroup

    /// With no topics named: those that have a state. A partition without one, a topic or a group that is not there: -1, and no
    /// error.
    func describeShareOffsets(
        _ request: DescribeShareGroupOffsetsRequest.DescribeShareGroupOffsetsRequestGroup, _ directory: some TopicDirectory
    ) -> ShareOffsets {
        let kept = share(request.groupId)?.startOffsets ?? [:]
        let asked: [(name: ByteString, partitions: [Int32])] =
            request.topics.map { $0.map { ($0.topicName, $0.partitions) } }
            ?? kept.compactMap { id, partitions in directory.groupTopic(withID: id).map { ($0.name, partitions.keys.sorted()) } }
            .sorted { $0.0 < $1.0 }
        var answer = ShareOffsets()
        answer.groupId = request.groupId
        answer.topics = asked.map { name, partitions in
            var topic = ShareOffsets.DescribeShareGroupOffsetsResponseTopic()
            topic.topicName = name
            topic.topicId = directory.groupTopic(named: name)?.id ?? .zero
            topic.partitions = partitions.map { index in
                var partition = ShareOffsets.DescribeShareGroupOffsetsResponseTopic.DescribeShareGroupOffsetsResponsePartition()
                partition.partitionIndex = index
                partition.startOffset = kept[topic.topicId]?[index] ?? -1
                return partition
            }
            return topic
        }
        return answer
    }

    /// Sets start offsets of a group that nobody is in; one that is not there is made.
    ///
    /// - Returns: an error of the whole, or what became of each partition.
    mutating func alterShareOffsets(
        _ request: AlterShareGroupOffsetsRequest, _ directory: some TopicDirectory
    ) -> (error: ErrorCode, topics: [AlterShareGroupOffsetsResponse.AlterShareGroupOffsetsResponseTopic]) {
        var group: ShareGroup
        switch groups[request.groupId] {
        case .share(let known): group = known
        case .classic, .consumer: return (.groupIdNotFound, [])
        case nil: group = ShareGroup(id: request.groupId)
        }
        guard group.isEmpty else { return (.nonEmptyGroup, []) }
        let topics = request.topics.map { asked in
            let topic = directory.groupTopic(named: asked.topicName)
            return AlterShareGroupOffsetsResponse.AlterShareGroupOffsetsResponseTopic(asked, id: topic?.id ?? .zero) { partition in
                guard let topic, (0..<topic.partitions).contains(partition.partitionIndex) else { return .unknownTopicOrPartition }
                group.startOffsets[topic.id, default: [:]][partition.partitionIndex] = partition.startOffset
                return .none
            }
        }
        store(group)
        return (.none, topics)
    }

    typealias DeletedShareOffsets = DeleteShareGroupOffsetsResponse.DeleteShareGroupOffsetsResponseTopic

    /// Forgets topics of a group that nobody is in.
    mutating func deleteShareOffsets(
        _ request: DeleteShareGroupOffsetsRequest, _ directory: some TopicDirectory
    ) -> (error: ErrorCode, message: ByteString?, topics: [DeletedShareOffsets]) {
        guard var group = share(request.groupId) else {
            let why: ByteString = groups[request.groupId] == nil ? " not found." : " is not a share group."
            return (.groupIdNotFound, "Group " + request.groupId + why, [])
        }
        guard group.isEmpty else { return (.nonEmptyGroup, "The group is not empty.", []) }
        var done: [DeletedShareOffsets] = []
        var refused: [DeletedShareOffsets] = []
        for asked in request.topics {
            var topic = DeletedShareOffsets()
            topic.topicName = asked.topicName
            if let id = directory.groupTopic(named: asked.topicName)?.id, group.startOffsets[id] != nil {
                group.startOffsets[id] = nil
                topic.topicId = id
                done.append(topic)
            } else {
                topic.errorCode = .unknownTopicOrPartition
                topic.errorMessage =
                    directory.groupTopic(named: asked.topicName) == nil
                    ? "This server does not host this topic-partition." : "There is no offset information to delete."
                refused.append(topic)
            }
        }
        store(group)
        return (.none, nil, done + refused)
    }
}

extension AlterShareGroupOffsetsResponse.AlterShareGroupOffsetsResponseTopic {
    init(
        _ asked: AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic, id: KafkaUUID,
        _ outcome: (AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic.AlterShareGroupOffsetsRequestPartition) -> ErrorCode
    ) {
        self.init()
        topicName = asked.topicName
        topicId = id
        partitions = asked.partitions.map {
            var partition = AlterShareGroupOffsetsResponsePartition()
            partition.partitionIndex = $0.partitionIndex
            partition.errorCode = outcome($0)
            if partition.errorCode.isError { partition.errorMessage = "This server does not host this topic-partition." }
            return partition
        }
    }
}

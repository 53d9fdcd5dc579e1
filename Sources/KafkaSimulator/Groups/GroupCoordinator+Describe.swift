import Bytes
import KafkaProtocol

extension GroupCoordinator {
    /// The groups for which `coordinates` holds, filtered by state and type (no filter lets all through; case does not matter).
    func list(
        states: [ByteString], types: [ByteString], where coordinates: (ByteString) -> Bool
    ) -> [ListGroupsResponse.ListedGroup] {
        let states = Set(states.map { $0.description.lowercased() })
        let types = Set(types.map { $0.description.lowercased() })
        return groupIDs.filter(coordinates).compactMap { id in
            guard let group = groups[id] else { return nil }
            var listed = ListGroupsResponse.ListedGroup()
            listed.groupId = id
            switch group {
            case .classic(let group):
                listed.protocolType = group.protocolType ?? ""
                listed.groupState = group.state.name
                listed.groupType = "classic"
            case .consumer(let group):
                listed.protocolType = "consumer"
                listed.groupState = group.stateName
                listed.groupType = "consumer"
            case .share(let group):
                listed.protocolType = "share"
                listed.groupState = group.stateName
                listed.groupType = "share"
            }
            guard states.isEmpty || states.contains(listed.groupState.description.lowercased()),
                types.isEmpty || types.contains(listed.groupType.description)
            else { return nil }
            return listed
        }
    }

    typealias ClassicDescription = DescribeGroupsResponse.DescribedGroup

    /// Up to version 5 a group that is not there is Dead, without an error; from version 6 it is an error too (KIP-1043).
    func describe(_ id: ByteString, version: Int16, operations: Int32?) -> ClassicDescription {
        var described = ClassicDescription()
        described.groupId = id
        guard let group = classic(id) else {
            described.groupState = "Dead"
            if version >= 6 {
                described.errorCode = .groupIdNotFound
                described.errorMessage = "Group " + id + (groups[id] == nil ? " not found." : " is not a classic group.")
            } else if let operations {
                described.authorizedOperations = operations
            }
            return described
        }
        if let operations { described.authorizedOperations = operations }
        described.groupState = group.state.name
        described.protocolType = group.protocolType ?? ""
        // What members told and got is shown while it holds.
        let isStable = group.state == .stable
        described.protocolData = isStable ? group.protocolName ?? "" : ""
        described.members = group.members.map {
            var member = ClassicDescription.DescribedGroupMember()
            member.memberId = $0.id
            member.groupInstanceId = $0.instance
            member.clientId = $0.clientID
            member.clientHost = $0.clientHost
            if isStable, let name = group.protocolName {
                member.memberMetadata = $0.metadata(of: name)
                member.memberAssignment = $0.assignment
            }
            return member
        }
        return described
    }

    typealias ConsumerDescription = ConsumerGroupDescribeResponse.DescribedGroup

    func describeConsumer(_ id: ByteString, operations: Int32?, _ directory: some TopicDirectory) -> ConsumerDescription {
        var described = ConsumerDescription()
        described.groupId = id
        guard let group = consumer(id) else {
            described.errorCode = .groupIdNotFound
            described.errorMessage = "Group " + id + (groups[id] == nil ? " not found." : " is not a consumer group.")
            return described
        }
        if let operations { described.authorizedOperations = operations }
        described.groupState = group.stateName
        described.groupEpoch = group.epoch
        described.assignmentEpoch = group.assignmentEpoch
        described.assignorName = group.assignor.name
        described.members = group.members.values.sorted { $0.id < $1.id }.map {
            var member = ConsumerDescription.Member()
            member.memberId = $0.id
            member.instanceId = $0.instance
            member.rackId = $0.rack
            member.memberEpoch = $0.epoch
            member.clientId = $0.clientID
            member.clientHost = $0.clientHost
            member.subscribedTopicNames = $0.topicNames.sorted()
            member.subscribedTopicRegex = $0.topicPattern
            member.assignment = describe($0.assigned, directory)
            member.targetAssignment = describe(group.target[$0.id, default: [:]], directory)
            member.memberType = 1
            return member
        }
        return described
    }

    private func describe(
        _ assignment: ConsumerMember.Assignment, _ directory: some TopicDirectory
    ) -> ConsumerGroupDescribeResponse.Assignment {
        var described = ConsumerGroupDescribeResponse.Assignment()
        described.topicPartitions = directory.described(assignment).map { topic, partitions in
            var part = ConsumerGroupDescribeResponse.TopicPartitions()
            (part.topicId, part.topicName, part.partitions) = (topic.id, topic.name, partitions)
            return part
        }
        return described
    }

    /// Deletes a group that nobody is in, with what it has committed.
    mutating func delete(_ id: ByteString) -> ErrorCode {
        switch groups[id] {
        case nil: return .groupIdNotFound
        case .classic(let group) where !group.isEmpty: return .nonEmptyGroup
        case .consumer(let group) where !group.isEmpty: return .nonEmptyGroup
        case .share(let group) where !group.isEmpty: return .nonEmptyGroup
        case .classic, .consumer, .share:
            forget(id)
            return .none
        }
    }
}

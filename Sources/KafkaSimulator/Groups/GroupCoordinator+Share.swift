import Bytes
import KafkaProtocol

/// The calls about share groups.
extension GroupCoordinator {
    func share(_ id: ByteString) -> ShareGroup? {
        if case .share(let group)? = groups[id] { group } else { nil }
    }

    /// A share group's only call of its members.
    mutating func heartbeat(
        _ request: ShareGroupHeartbeatRequest, _ limits: GroupLimits, _ call: GroupCall, _ directory: some TopicDirectory
    ) -> ShareGroupHeartbeatResponse {
        do throws(HeartbeatRefusal) {
            var group: ShareGroup
            switch groups[request.groupId] {
            case .share(let known): group = known
            case .classic, .consumer:
                throw HeartbeatRefusal(code: .groupIdNotFound, message: "Group " + request.groupId + " is not a share group.")
            case nil:
                guard request.memberEpoch != -1 else {
                    throw HeartbeatRefusal(code: .groupIdNotFound, message: "Group " + request.groupId + " not found.")
                }
                guard request.memberEpoch == 0 else {
                    throw HeartbeatRefusal(code: .groupIdNotFound, message: "Share group " + request.groupId + " not found.")
                }
                group = ShareGroup(id: request.groupId)
            }
            let answer = try group.heartbeat(request, limits, call, directory)
            store(group)
            return answer
        } catch {
            var answer = ShareGroupHeartbeatResponse()
            answer.errorCode = error.code
            answer.errorMessage = error.message
            return answer
        }
    }

    typealias ShareDescription = ShareGroupDescribeResponse.DescribedGroup

    func describeShare(_ id: ByteString, operations: Int32?, _ directory: some TopicDirectory) -> ShareDescription {
        var described = ShareDescription()
        described.groupId = id
        guard let group = share(id) else {
            described.errorCode = .groupIdNotFound
            described.errorMessage = "Group " + id + (groups[id] == nil ? " not found." : " is not a share group.")
            return described
        }
        if let operations { described.authorizedOperations = operations }
        described.groupState = group.stateName
        described.groupEpoch = group.epoch
        described.assignmentEpoch = group.assignmentEpoch
        described.assignorName = "simple"
        described.members = group.members.values.sorted { $0.id < $1.id }.map { known in
            var member = ShareDescription.Member()
            member.memberId = known.id
            member.rackId = known.rack
            member.memberEpoch = known.epoch
            member.clientId = known.clientID
            member.clientHost = known.clientHost
            member.subscribedTopicNames = known.topicNames.sorted()
            member.assignment.topicPartitions = directory.described(known.assigned).map { topic, partitions in
                var part = ShareGroupDescribeResponse.TopicPartitions()
                (part.topicId, part.topicName, part.partitions) = (topic.id, topic.name, partitions)
                return part
            }
            return member
        }
        return described
    }

    /// The state of partitions that somebody subscribed to has been made.
    mutating func completeShareInitialization() {
        for group in groups.values {
            guard case .share(var group) = group, !group.initializing.isEmpty else { continue }
            group.completeInitialization()
            store(group)
        }
    }
}

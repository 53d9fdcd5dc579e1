import Bytes
import KafkaProtocol

/// Reads committed positions: of one group up to version 7, of several since.
///
/// A partition without a commit answers -1, and so does one that does not exist. A group that is not there has committed
/// nothing. An error of the whole group stands at the group (8 and later), at the answer (2 to 7) or at each partition (1).
enum OffsetFetchHandler: CallHandler {
    typealias Request = OffsetFetchRequest
    typealias GroupRequest = OffsetFetchRequest.OffsetFetchRequestGroup

    static func answer(
        _ request: OffsetFetchRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<OffsetFetchResponse> {
        var response = OffsetFetchResponse()
        if context.version >= 8 {
            response.groups = request.groups.map { fetch($0, stable: request.requireStable, context, &state) }
            return .now(response)
        }
        var asked = GroupRequest()
        asked.groupId = request.groupId
        asked.topics = request.topics.map { topics in
            topics.map {
                var topic = GroupRequest.OffsetFetchRequestTopics()
                topic.name = $0.name
                topic.partitionIndexes = $0.partitionIndexes
                return topic
            }
        }
        let group = fetch(asked, stable: request.requireStable, context, &state)
        response.errorCode = context.version >= 2 ? group.errorCode : .none
        response.topics = group.topics.map(OffsetFetchResponse.OffsetFetchResponseTopic.init)
        if context.version < 2, group.errorCode.isError {
            response.topics = (request.topics ?? []).map { .init($0, group.errorCode) }
        }
        return .now(response)
    }

    private static func fetch(
        _ request: GroupRequest, stable: Bool, _ context: CallContext, _ state: inout ClusterState
    ) -> OffsetFetchResponse.OffsetFetchResponseGroup {
        if let refusal = state.refusal(context, .describe, group: request.groupId) {
            var answer = OffsetFetchResponse.OffsetFetchResponseGroup()
            answer.groupId = request.groupId
            answer.errorCode = refusal
            return answer
        }
        func isVisible(_ topic: ByteString) -> Bool { state.allows(context, .describe, .topic(topic)) }
        var visible = request
        visible.topics?.removeAll { !isVisible($0.name) }
        var answer = state.groups.fetch(visible, stable: stable)
        if answer.errorCode.isError { return answer }
        // Of all positions those that the caller may not see are left out; by name they are refused, behind the others.
        answer.topics.removeAll { !isVisible($0.name) }
        answer.topics += (request.topics ?? []).filter { !isVisible($0.name) }.map { .init($0, .topicAuthorizationFailed) }
        return answer
    }
}

extension OffsetFetchResponse.OffsetFetchResponseGroup.OffsetFetchResponseTopics {
    /// The same error for every partition.
    fileprivate init(_ topic: OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics, _ error: ErrorCode) {
        self.init()
        name = topic.name
        partitions = topic.partitionIndexes.map {
            var partition = OffsetFetchResponsePartitions()
            partition.partitionIndex = $0
            partition.committedOffset = -1
            partition.metadata = ""
            partition.errorCode = error
            return partition
        }
    }
}

extension OffsetFetchResponse.OffsetFetchResponseTopic {
    /// The older form of the newer one.
    fileprivate init(_ topic: OffsetFetchResponse.OffsetFetchResponseGroup.OffsetFetchResponseTopics) {
        self.init()
        name = topic.name
        partitions = topic.partitions.map {
            var partition = OffsetFetchResponsePartition()
            partition.partitionIndex = $0.partitionIndex
            partition.committedOffset = $0.committedOffset
            partition.committedLeaderEpoch = $0.committedLeaderEpoch
            partition.metadata = $0.metadata
            partition.errorCode = $0.errorCode
            return partition
        }
    }

    /// The same error for every partition.
    fileprivate init(_ topic: OffsetFetchRequest.OffsetFetchRequestTopic, _ error: ErrorCode) {
        self.init()
        name = topic.name
        partitions = topic.partitionIndexes.map {
            var partition = OffsetFetchResponsePartition()
            partition.partitionIndex = $0
            partition.committedOffset = -1
            partition.metadata = ""
            partition.errorCode = error
            return partition
        }
    }
}

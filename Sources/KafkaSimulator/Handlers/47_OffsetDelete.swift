import Bytes
import KafkaProtocol

/// Deletes committed positions of a group; not of topics that its members subscribe to (86). Partitions that do not exist
/// answer 3 and come first.
enum OffsetDeleteHandler: CallHandler {
    typealias Request = OffsetDeleteRequest

    static func answer(
        _ request: OffsetDeleteRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<OffsetDeleteResponse> {
        var response = OffsetDeleteResponse()
        if let refusal = state.refusal(context, .delete, namedGroup: request.groupId) {
            response.errorCode = refusal
            return .now(response)
        }
        var known: [OffsetDeleteRequest.OffsetDeleteRequestTopic] = []
        for topic in request.topics {
            guard state.allows(context, .read, .topic(topic.name)) else {
                response.topics.append(.init(topic, .topicAuthorizationFailed))
                continue
            }
            var present = topic
            var absent = topic
            present.partitions.removeAll { !state.holds(topic.name, $0.partitionIndex, context) }
            absent.partitions.removeAll { state.holds(topic.name, $0.partitionIndex, context) }
            if !present.partitions.isEmpty { known.append(present) }
            if !absent.partitions.isEmpty { response.topics.append(.init(absent, .unknownTopicOrPartition)) }
        }
        let outcome = state.groups.deleteOffsets(of: request.groupId, known)
        response.errorCode = outcome.error
        if outcome.error.isError { response.topics = [] }
        for answer in outcome.topics {
            if let index = response.topics.firstIndex(where: { $0.name == answer.name }) {
                response.topics[index].partitions += answer.partitions
            } else {
                response.topics.append(answer)
            }
        }
        return .now(response)
    }
}

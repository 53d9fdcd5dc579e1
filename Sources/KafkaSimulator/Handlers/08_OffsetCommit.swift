import Bytes
import KafkaProtocol

/// Commits a group's positions, from a member or, while nobody is in the group, from outside.
///
/// Partitions that do not exist answer 3 and come first; the rest goes to the coordinator. Offsets beyond the log's end and
/// below zero are accepted: nothing looks at the log.
enum OffsetCommitHandler: CallHandler {
    typealias Request = OffsetCommitRequest

    static func answer(
        _ request: OffsetCommitRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<OffsetCommitResponse> {
        var response = OffsetCommitResponse()
        if !state.allows(context, .read, .group(request.groupId)) {
            response.topics = request.topics.map { .init($0, .groupAuthorizationFailed) }
            return .now(response)
        }
        var known = request
        known.topics = []
        for topic in request.topics {
            guard state.allows(context, .read, .topic(topic.name)) else {
                response.topics.append(.init(topic, .topicAuthorizationFailed))
                continue
            }
            var present = topic
            var absent = topic
            present.partitions.removeAll { !state.holds(topic.name, $0.partitionIndex, context) }
            absent.partitions.removeAll { state.holds(topic.name, $0.partitionIndex, context) }
            if !present.partitions.isEmpty { known.topics.append(present) }
            if !absent.partitions.isEmpty { response.topics.append(.init(absent, .unknownTopicOrPartition)) }
        }
        if known.topics.isEmpty { return .now(response) }
        let error = state.coordinatorError(of: request.groupId, context)
        let answers = error.isError ? known.topics.map { .init($0, error) } : state.groups.commit(known, GroupCall(context))
        for answer in answers {
            if let index = response.topics.firstIndex(where: { $0.name == answer.name }) {
                response.topics[index].partitions += answer.partitions
            } else {
                response.topics.append(answer)
            }
        }
        return .now(response)
    }
}

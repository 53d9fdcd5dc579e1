import Bytes
import KafkaProtocol

/// Sets where delivery to a share group starts.
///
/// Kafka 4.1 does not do it, though it says nothing of it: each topic that exists is left out of what the coordinator gets, so
/// the answer holds topics that are missing (3) and no others, with error 0, whether somebody is in the group or not. With
/// ``SimulatorConfiguration/altersShareGroupOffsets`` it is done as meant: in a group with members error 68, and a group that
/// is not there is made.
enum AlterShareGroupOffsetsHandler: CallHandler {
    typealias Request = AlterShareGroupOffsetsRequest

    static func answer(
        _ request: AlterShareGroupOffsetsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<AlterShareGroupOffsetsResponse> {
        var response = AlterShareGroupOffsetsResponse()
        guard state.hasShareGroups else {
            response.errorCode = .unsupportedVersion
            return .now(response)
        }
        guard state.allows(context, .read, .group(request.groupId)) else {
            response.errorCode = .groupAuthorizationFailed
            return .now(response)
        }
        let directory = VisibleTopics(state, at: context.uptime)
        let isMissing = { (topic: AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic) in
            directory.groupTopic(named: topic.topicName) == nil
        }
        response.responses = request.topics.filter(isMissing).map { .init($0, id: .zero) { _ in .unknownTopicOrPartition } }
        guard state.altersShareGroupOffsets else { return .now(response) }
        response.errorCode = state.coordinatorError(of: request.groupId, context)
        if !response.errorCode.isError {
            state.completeShareInitialization(context)
            var known = request
            known.topics.removeAll(where: isMissing)
            let outcome = state.groups.alterShareOffsets(known, directory)
            response.errorCode = outcome.error
            response.responses += outcome.topics
        }
        if response.errorCode.isError { response.responses = [] }
        return .now(response)
    }
}

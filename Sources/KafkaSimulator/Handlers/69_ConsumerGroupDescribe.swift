import Bytes
import KafkaProtocol

/// Describes groups of the newer protocol; any other is error 69, with the reason in its message; one without a name is 24.
enum ConsumerGroupDescribeHandler: CallHandler {
    typealias Request = ConsumerGroupDescribeRequest

    static func answer(
        _ request: ConsumerGroupDescribeRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ConsumerGroupDescribeResponse> {
        var response = ConsumerGroupDescribeResponse()
        let directory = VisibleTopics(state, at: context.uptime)
        let groups = request.groupIds.map { id -> ConsumerGroupDescribeResponse.DescribedGroup in
            if let refusal = state.refusal(context, .describe, namedGroup: id) { return refused(id, refusal, nil) }
            let operations = request.includeAuthorizedOperations ? state.operations(context, on: .group(id)) : nil
            let group = state.groups.describeConsumer(id, operations: operations, directory)
            let topics = group.members.flatMap { $0.assignment.topicPartitions + $0.targetAssignment.topicPartitions }.map(\.topicName)
            guard Set(topics).allSatisfy({ state.allows(context, .describe, .topic($0)) }) else {
                return refused(
                    id, .topicAuthorizationFailed,
                    "The group has described topic(s) that the client is not authorized to describe.")
            }
            return group
        }
        // Those that the caller may not describe come first.
        response.groups =
            groups.filter { $0.errorCode == .groupAuthorizationFailed } + groups.filter { $0.errorCode != .groupAuthorizationFailed }
        return .now(response)
    }

    private static func refused(
        _ id: ByteString, _ code: ErrorCode, _ message: ByteString?
    ) -> ConsumerGroupDescribeResponse.DescribedGroup {
        var group = ConsumerGroupDescribeResponse.DescribedGroup()
        group.groupId = id
        group.errorCode = code
        group.errorMessage = message
        return group
    }
}

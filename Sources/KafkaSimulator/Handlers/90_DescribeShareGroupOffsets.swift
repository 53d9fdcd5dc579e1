import KafkaProtocol

/// Where delivery to share groups starts. What has no state, or does not exist, is -1 without an error.
enum DescribeShareGroupOffsetsHandler: CallHandler {
    typealias Request = DescribeShareGroupOffsetsRequest

    static func answer(
        _ request: DescribeShareGroupOffsetsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeShareGroupOffsetsResponse> {
        var response = DescribeShareGroupOffsetsResponse()
        state.completeShareInitialization(context)
        let directory = VisibleTopics(state, at: context.uptime)
        for asked in request.groups {
            var group = GroupCoordinator.ShareOffsets()
            group.groupId = asked.groupId
            if !state.hasShareGroups {
                group.errorCode = .unsupportedVersion
            } else if !state.allows(context, .describe, .group(asked.groupId)) {
                group.errorCode = .groupAuthorizationFailed
            } else if asked.topics == nil {
                // Only the coordinator knows which partitions there are; named ones are asked of where their state is kept.
                group.errorCode = state.coordinatorError(of: asked.groupId, context)
                if group.errorCode.isError { group.errorMessage = group.errorCode.coordinatorWords }
            }
            if !group.errorCode.isError { group = state.groups.describeShareOffsets(asked, directory) }
            response.groups.append(group)
        }
        return .now(response)
    }
}

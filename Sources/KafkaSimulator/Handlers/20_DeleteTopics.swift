import Bytes
import KafkaProtocol

/// Removes topics and the offsets that groups committed for them; by id from version 6 on. A missing name is error 3, a missing
/// id 100, both at once 42; with `delete.topic.enable` off everything is error 73.
enum DeleteTopicsHandler: CallHandler {
    typealias Request = DeleteTopicsRequest
    typealias Result = DeleteTopicsResponse.DeletableTopicResult

    static func answer(
        _ request: DeleteTopicsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DeleteTopicsResponse> {
        var response = DeleteTopicsResponse()
        let asked: [(name: ByteString?, id: KafkaUUID)] =
            context.version >= 6 ? request.topics.map { ($0.name, $0.topicId) } : request.topicNames.map { ($0, .zero) }
        let twice = Dictionary(asked.compactMap { $0.name }.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }
        response.responses = asked.filter { $0.name.map { twice[$0] == nil } ?? true }.map { delete($0.name, $0.id, context, &state) }
        response.responses += twice.keys.sorted().map { name in
            var result = Result()
            result.name = name
            result.errorCode = .invalidRequest
            result.errorMessage = "Duplicate topic name."
            return result
        }
        state.recheckFetches()
        return .now(response)
    }

    private static func delete(
        _ name: ByteString?, _ id: KafkaUUID, _ context: CallContext, _ state: inout ClusterState
    ) -> Result {
        var result = Result()
        result.name = name
        result.topicId = id
        func refuse(_ code: ErrorCode, _ message: ByteString) -> Result {
            result.errorCode = code
            result.errorMessage = message
            return result
        }
        if state.refusesControllerCalls(context) {
            return refuse(.notController, "This is not the correct controller for this cluster.")
        }
        if state.configs.effective("delete.topic.enable", broker: context.broker) == "false" {
            return refuse(.topicDeletionDisabled, "Topic deletion is disabled.")
        }
        if name != nil, id != .zero { return refuse(.invalidRequest, "You may not specify both topic name and topic id.") }
        let found = name.map { state.topics[$0] } ?? state.topic(id)
        if let named = name ?? found?.name, !mayDelete(named, isThere: found != nil, context, state) {
            // Who may describe it is told its name.
            if state.allows(context, .describe, .topic(named)) { result.name = named }
            return refuse(.topicAuthorizationFailed, "Topic authorization failed.")
        }
        guard let topic = found else {
            return name != nil
                ? refuse(.unknownTopicOrPartition, "This server does not host this topic-partition.")
                : refuse(.unknownTopicId, "This server does not host this topic ID.")
        }
        guard state.mayChange(partitions: topic.partitions.count, context, strictSince: 5) else {
            return refuse(.throttlingQuotaExceeded, "The throttling quota has been exceeded.")
        }
        if state.logDeletionDelay > .zero { state.leaving[topic.name] = (topic, context.uptime + state.logDeletionDelay) }
        state.remove(topic: topic.name)
        result.name = topic.name
        result.topicId = topic.id
        return result
    }

    /// Whoever may describe a topic is told that it is not there instead.
    private static func mayDelete(_ name: ByteString, isThere: Bool, _ context: CallContext, _ state: ClusterState) -> Bool {
        if state.allows(context, .delete, .cluster) { return true }
        return state.allows(context, .describe, .topic(name)) && (!isThere || state.allows(context, .delete, .topic(name)))
    }
}

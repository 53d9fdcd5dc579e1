import Bytes
import KafkaProtocol

/// Who coordinates a group (type 0) or a transactional id (type 1); several at once from version 4 on.
///
/// The very first look-up makes `__consumer_offsets` (or `__transaction_state`) and is answered with error 15: ask again.
enum FindCoordinatorHandler: CallHandler {
    typealias Request = FindCoordinatorRequest

    static func answer(
        _ request: FindCoordinatorRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<FindCoordinatorResponse> {
        var response = FindCoordinatorResponse()
        if context.version >= 4 {
            response.coordinators = request.coordinatorKeys.map { key in
                var found = find(key, type: request.keyType, context, &state)
                // In this form brokers leave the words out, but for a type that does not exist.
                if (0...2).contains(request.keyType) { found.errorMessage = "" }
                return found
            }
        } else {
            let found = find(request.key, type: request.keyType, context, &state)
            response.errorCode = found.errorCode
            response.errorMessage = found.errorCode.isError ? found.errorMessage : "NONE"
            response.nodeId = found.nodeId
            response.host = found.host
            response.port = found.port
        }
        return .now(response)
    }

    private static func find(
        _ key: ByteString, type: Int8, _ context: CallContext, _ state: inout ClusterState
    ) -> FindCoordinatorResponse.Coordinator {
        var result = FindCoordinatorResponse.Coordinator()
        result.key = key
        result.nodeId = -1
        result.port = -1
        guard type == 0 || type == 1 else {
            result.errorCode = .invalidRequest
            result.errorMessage = ByteString(ConfigRefusal.malformed)
            return result
        }
        guard state.allows(context, .describe, type == 0 ? .group(key) : .transactionalID(key)) else {
            result.errorCode = type == 0 ? .groupAuthorizationFailed : .transactionalIdAuthorizationFailed
            result.errorMessage = type == 0 ? "Group authorization failed." : "Transactional Id authorization failed."
            return result
        }
        let topic = type == 0 ? Topic.offsetsName : Topic.transactionsName
        let visible = state.topics[topic].map { $0.visibleFrom <= context.uptime }
        if let id = state.coordinator(of: key, in: topic), visible == true, let broker = state.broker(id) {
            result.nodeId = broker.id
            result.host = broker.host
            result.port = broker.port
            result.errorMessage = ""
            return result
        }
        if visible == nil { state.ensureInternalTopic(topic, context) }
        result.errorCode = .coordinatorNotAvailable
        result.errorMessage = "The coordinator is not available."
        return result
    }
}

import Bytes
import KafkaProtocol

/// Sets (0), deletes (1), appends to (2) and subtracts from (3) configs of topics, brokers, loggers, client metrics and groups.
///
/// An invalid value is error 40 on a topic and 42 on a broker; a missing topic 3; another broker than the addressed one 42; a
/// resource named twice 42. More than 10,000 changes in a request is error 44 for every resource.
enum IncrementalAlterConfigsHandler: CallHandler {
    typealias Request = IncrementalAlterConfigsRequest

    static func answer(
        _ request: IncrementalAlterConfigsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<IncrementalAlterConfigsResponse> {
        var response = IncrementalAlterConfigsResponse()
        let before = state
        var records = 0
        var counts: [Int8: [ByteString: Int]] = [:]
        for asked in request.resources { counts[asked.resourceType, default: [:]][asked.resourceName, default: 0] += 1 }
        for asked in request.resources {
            var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
            result.resourceType = asked.resourceType
            result.resourceName = asked.resourceName
            let refusal: ConfigRefusal?
            if let count = counts[asked.resourceType]?[asked.resourceName], count > 1 {
                refusal = ConfigRefusal(.invalidRequest, "Each resource must appear at most once.")
            } else {
                refusal = change(
                    type: asked.resourceType, name: asked.resourceName,
                    operations: asked.configs.map { ($0.name, $0.configOperation, $0.value) }, replacesAll: false,
                    validateOnly: request.validateOnly, context, &state)
            }
            if refusal == nil { records += asked.configs.count }
            result.errorCode = refusal?.code ?? .none
            result.errorMessage = refusal?.message.map { ByteString($0) }
            response.responses.append(result)
        }
        if records > CreateTopicsHandler.limit {
            state = before
            for index in response.responses.indices {
                response.responses[index].errorCode = .policyViolation
                response.responses[index].errorMessage = "Unable to perform excessively large batch operation."
            }
        }
        return .now(response)
    }

    static func change(
        type: Int8, name: ByteString, operations: [(name: ByteString, operation: Int8, value: ByteString?)], replacesAll: Bool,
        validateOnly: Bool, _ context: CallContext, _ state: inout ClusterState
    ) -> ConfigRefusal? {
        guard let kind = ConfigResourceKind(rawValue: type) else {
            return ConfigRefusal(.invalidRequest, "Unknown resource type \(type)")
        }
        let guarded = kind.guarded(name)
        if !state.allows(context, .alterConfigs, guarded.resource) { return guarded.refusal }
        let change = ConfigChange(kind: kind, name: name, operations: operations, replacesAll: replacesAll)
        do throws(ConfigRefusal) {
            if validateOnly {
                var scratch = state
                try change.apply(context, to: &scratch)
            } else {
                try change.apply(context, to: &state)
            }
            return nil
        } catch {
            return error
        }
    }
}

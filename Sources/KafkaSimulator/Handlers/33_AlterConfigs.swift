import Bytes
import KafkaProtocol

/// The older call: what is not named goes back to its default. Refusals as those of IncrementalAlterConfigs.
enum AlterConfigsHandler: CallHandler {
    typealias Request = AlterConfigsRequest

    static func answer(
        _ request: AlterConfigsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<AlterConfigsResponse> {
        var response = AlterConfigsResponse()
        for asked in request.resources {
            let refusal = IncrementalAlterConfigsHandler.change(
                type: asked.resourceType, name: asked.resourceName, operations: asked.configs.map { ($0.name, 0, $0.value) },
                replacesAll: true, validateOnly: request.validateOnly, context, &state)
            var result = AlterConfigsResponse.AlterConfigsResourceResponse()
            result.resourceType = asked.resourceType
            result.resourceName = asked.resourceName
            result.errorCode = refusal?.code ?? .none
            result.errorMessage = refusal?.message.map { ByteString($0) }
            response.responses.append(result)
        }
        return .now(response)
    }
}

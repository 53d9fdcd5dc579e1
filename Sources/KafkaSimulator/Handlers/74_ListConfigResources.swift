import Bytes
import KafkaProtocol

/// What bears configs: groups and client metrics subscriptions with any set, every broker, every broker's loggers, every topic.
/// Version 0 lists the subscriptions alone. A type that bears none is error 35.
enum ListConfigResourcesHandler: CallHandler {
    typealias Request = ListConfigResourcesRequest

    static func answer(
        _ request: ListConfigResourcesRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ListConfigResourcesResponse> {
        var response = ListConfigResourcesResponse()
        let asked = context.version == 0 ? [ConfigResourceKind.clientMetrics.rawValue] : request.resourceTypes
        let kinds = asked.isEmpty ? [.group, .clientMetrics, .logger, .broker, .topic] : asked.compactMap(ConfigResourceKind.init)
        guard asked.isEmpty || kinds.count == asked.count else {
            response.errorCode = .unsupportedVersion
            return .now(response)
        }
        for kind in kinds {
            let names: [ByteString] =
                switch kind {
                case .group: state.configs.groups.keys.sorted()
                case .clientMetrics: state.configs.clientMetrics.keys.sorted()
                case .logger, .broker: state.brokers.map { ByteString("\($0.id)") }
                case .topic: state.topics.keys.sorted()
                }
            response.configResources += names.map { name in
                var row = ListConfigResourcesResponse.ConfigResource()
                row.resourceName = name
                row.resourceType = kind.rawValue
                return row
            }
        }
        return .now(response)
    }
}

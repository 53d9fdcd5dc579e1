import Bytes
import KafkaProtocol

/// Cluster id, controller and brokers; those that are down, as fenced ones, where version 2 asks for them. The endpoints of
/// controllers are not described: error 114; of other types there are none: 115.
enum DescribeClusterHandler: CallHandler {
    typealias Request = DescribeClusterRequest

    static func answer(
        _ request: DescribeClusterRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeClusterResponse> {
        var response = DescribeClusterResponse()
        guard [1, 2].contains(request.endpointType) else {
            response.errorCode = .unsupportedEndpointType
            response.errorMessage = ByteString("Unsupported endpoint type \(request.endpointType)")
            return .now(response)
        }
        guard request.endpointType == 1 else {
            response.errorCode = .mismatchedEndpointType
            response.errorMessage = "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
            return .now(response)
        }
        response.clusterId = state.clusterID
        response.controllerId = state.controller
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = MetadataHandler.clusterOperations(context, state)
        }
        let showsFenced = request.includeFencedBrokers && context.version >= 2
        response.brokers = state.brokers.filter { $0.isAlive || showsFenced }.map { broker in
            var row = DescribeClusterResponse.DescribeClusterBroker()
            row.brokerId = broker.id
            row.host = broker.host
            row.port = broker.port
            row.rack = broker.rack
            if context.version >= 2 { row.isFenced = !broker.isAlive }
            return row
        }
        return .now(response)
    }
}

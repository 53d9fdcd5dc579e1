import Bytes
import KafkaProtocol

/// The controllers: every broker is one, and a voter. Only partition 0 of `__cluster_metadata` exists. Not offered by releases
/// before KRaft.
enum DescribeQuorumHandler: CallHandler {
    typealias Request = DescribeQuorumRequest

    static func answer(
        _ request: DescribeQuorumRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeQuorumResponse> {
        var response = DescribeQuorumResponse()
        response.errorMessage = ""
        for asked in request.topics {
            var topic = DescribeQuorumResponse.TopicData()
            topic.topicName = asked.topicName
            topic.partitions = asked.partitions.map { partition in
                var row = DescribeQuorumResponse.TopicData.PartitionData()
                row.partitionIndex = partition.partitionIndex
                row.errorMessage = ""
                guard asked.topicName == "__cluster_metadata", partition.partitionIndex == 0 else {
                    row.errorCode = .unknownTopicOrPartition
                    row.errorMessage = "This server does not host this topic-partition."
                    return row
                }
                response.nodes = context.version >= 2 ? state.brokers.map(node) : []
                row.leaderId = state.controller
                row.leaderEpoch = 1
                row.highWatermark = state.metadataOffset
                row.currentVoters = state.brokers.map { voter($0, context, state) }
                return row
            }
            response.topics.append(topic)
        }
        return .now(response)
    }

    private static func voter(
        _ broker: Broker, _ context: CallContext, _ state: ClusterState
    ) -> DescribeQuorumResponse.ReplicaState {
        var voter = DescribeQuorumResponse.ReplicaState()
        voter.replicaId = broker.id
        if context.version >= 2 { voter.replicaDirectoryId = state.directoryIDs[broker.id] ?? .zero }
        voter.logEndOffset = state.metadataOffset
        voter.lastFetchTimestamp = context.now.milliseconds
        voter.lastCaughtUpTimestamp = context.now.milliseconds
        return voter
    }

    private static func node(_ broker: Broker) -> DescribeQuorumResponse.Node {
        var listener = DescribeQuorumResponse.Node.Listener()
        listener.name = "CONTROLLER"
        listener.host = broker.host
        listener.port = UInt16(clamping: broker.port)
        var node = DescribeQuorumResponse.Node()
        node.nodeId = broker.id
        node.listeners = [listener]
        return node
    }
}

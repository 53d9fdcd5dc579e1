import Bytes
import KafkaProtocol

/// Lets preferred replicas lead again (type 0), or any (type 1). Where the preferred one leads already it is error 84, where it is
/// not in sync 80, for a missing partition 3. Null asks for all, and lists of each topic only what changed or failed.
enum ElectLeadersHandler: CallHandler {
    typealias Request = ElectLeadersRequest
    typealias Row = ElectLeadersResponse.ReplicaElectionResult

    static func answer(
        _ request: ElectLeadersRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ElectLeadersResponse> {
        var response = ElectLeadersResponse()
        let asked: [(topic: ByteString, partitions: [Int32])] =
            request.topicPartitions?.map { ($0.topic, $0.partitions) }
            ?? state.topics.values.sorted { $0.name < $1.name }.map { ($0.name, $0.partitions.map(\.index)) }
        for (topic, partitions) in asked {
            var row = Row()
            row.topic = topic
            for index in partitions {
                var result = Row.PartitionResult()
                result.partitionId = index
                let (code, message) = elect(topic, index, unclean: request.electionType == 1, &state)
                result.errorCode = code
                result.errorMessage = message
                if request.topicPartitions != nil || code != .electionNotNeeded { row.partitionResult.append(result) }
            }
            response.replicaElectionResults.append(row)
        }
        state.recheckFetches()
        return .now(response)
    }

    private static func elect(
        _ topic: ByteString, _ index: Int32, unclean: Bool, _ state: inout ClusterState
    ) -> (ErrorCode, ByteString?) {
        guard let found = state.topics[topic] else { return (.unknownTopicOrPartition, "No such topic as " + topic) }
        guard found.partitions.indices.contains(Int(index)) else {
            return (.unknownTopicOrPartition, ByteString("No such partition as \(topic)-\(index)"))
        }
        let partition = found.partitions[Int(index)]
        let preferred = partition.replicas.first ?? -1
        let isNeeded = unclean ? partition.leader < 0 : partition.leader != preferred
        guard isNeeded else { return (.electionNotNeeded, "Leader election not needed for topic partition.") }
        let candidate = unclean ? partition.replicas.first { state.servesReplicas($0) } ?? -1 : preferred
        guard state.servesReplicas(candidate) else {
            return unclean
                ? (.eligibleLeadersNotAvailable, "Eligible topic partition leaders are not available.")
                : (.preferredLeaderNotAvailable, "The preferred leader was not available.")
        }
        if unclean {
            state.topics[topic]?.partitions[Int(index)].electUncleanly(candidate)
            state.reviewReplicas(of: topic)
            return (.none, nil)
        }
        guard state.topics[topic]?.partitions[Int(index)].elect(candidate) == true else {
            return (.preferredLeaderNotAvailable, "The preferred leader was not available.")
        }
        return (.none, nil)
    }
}

import Bytes
import KafkaProtocol

/// Adds partitions to topics. Fewer than there are is error 37, a missing topic 3, a bad assignment 39, a name twice 42. More than
/// 10,000 in a request is error -1 for every topic.
enum CreatePartitionsHandler: CallHandler {
    typealias Request = CreatePartitionsRequest
    typealias Asked = CreatePartitionsRequest.CreatePartitionsTopic

    static func answer(
        _ request: CreatePartitionsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<CreatePartitionsResponse> {
        var response = CreatePartitionsResponse()
        let added = request.topics.reduce(0) { $0 + max(0, Int($1.count) - (state.topics[$1.name]?.partitions.count ?? 0)) }
        let twice = Dictionary(request.topics.map { ($0.name, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }
        var seen: Set<ByteString> = []
        for asked in request.topics where seen.insert(asked.name).inserted {
            var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
            result.name = asked.name
            do throws(ConfigRefusal) {
                if state.refusesControllerCalls(context) {
                    throw ConfigRefusal(.notController, "This is not the correct controller for this cluster.")
                }
                if added > CreateTopicsHandler.limit {
                    throw ConfigRefusal(.unknownServerError, nil)
                }
                if twice[asked.name] != nil { throw ConfigRefusal(.invalidRequest, "Duplicate topic name.") }
                guard state.allows(context, .alter, .topic(asked.name)) else {
                    throw ConfigRefusal(.topicAuthorizationFailed, nil)
                }
                try grow(asked, validateOnly: request.validateOnly, context, &state)
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message.map { ByteString($0) }
            }
            response.results.append(result)
        }
        return .now(response)
    }

    private static func grow(
        _ asked: Asked, validateOnly: Bool, _ context: CallContext, _ state: inout ClusterState
    ) throws(ConfigRefusal) {
        guard let topic = state.topics[asked.name] else { throw ConfigRefusal(.unknownTopicOrPartition, nil) }
        let count = topic.partitions.count
        if Int(asked.count) == count { throw ConfigRefusal(.invalidPartitions, "Topic already has \(count) partition(s).") }
        if Int(asked.count) < count {
            throw ConfigRefusal(
                .invalidPartitions,
                "The topic \(asked.name) currently has \(count) partition(s); \(asked.count) would not be an increase.")
        }
        let added = Int(asked.count) - count
        let replicas: [[Int32]]
        if let assignments = asked.assignments {
            guard assignments.count == added else {
                throw ConfigRefusal(
                    .invalidReplicaAssignment,
                    "Attempted to add \(added) additional partition(s), but only \(assignments.count) assignment(s) were specified.")
            }
            for assignment in assignments {
                if let flaw = ConfigRules.flaw(
                    inReplicas: assignment.brokerIds, width: Int(topic.replicationFactor), state.brokers.map(\.id))
                {
                    throw ConfigRefusal(.invalidReplicaAssignment, flaw)
                }
            }
            replicas = assignments.map(\.brokerIds)
        } else {
            let factor = Int(topic.replicationFactor)
            replicas = state.placement.place(partitions: added, factor: factor, on: state.brokersForPlacement(factor: factor))
        }
        guard state.mayChange(partitions: added, context, strictSince: 3) else {
            throw ConfigRefusal(.throttlingQuotaExceeded, "The throttling quota has been exceeded.")
        }
        if validateOnly { return }
        let living = Set(state.livingBrokers.map(\.id))
        let required = state.requiredInSync(state.topics[asked.name]?.configs ?? [:])
        for (offset, replicas) in replicas.enumerated() {
            var partition = Partition(index: Int32(count + offset), replicas: replicas) { living.contains($0) }
            partition.requireInSync(required)
            state.topics[asked.name]?.partitions.append(partition)
        }
        state.metadataOffset += Int64(added)
    }
}

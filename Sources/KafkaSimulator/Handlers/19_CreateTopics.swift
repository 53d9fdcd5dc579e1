import Bytes
import KafkaProtocol

/// Makes topics, by count and factor or by assigned replicas, with their configs; from version 5 on the answer lists these.
///
/// More than 10,000 partitions in a request is error 44 for every topic, and so are more than 10,000 records (a topic, its
/// partitions and its configs are one each). Each other flaw is the topic's own: names 17, there already 36, partitions 37,
/// factor 38, assignment 39, config 40. `validateOnly` changes nothing.
enum CreateTopicsHandler: CallHandler {
    typealias Request = CreateTopicsRequest
    typealias Asked = CreateTopicsRequest.CreatableTopic
    typealias TopicResult = CreateTopicsResponse.CreatableTopicResult

    /// The most partitions, and the most records, that one request may make.
    static let limit = 10_000

    static func answer(
        _ request: CreateTopicsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<CreateTopicsResponse> {
        var response = CreateTopicsResponse()
        if state.refusesControllerCalls(context) {
            response.topics = request.topics.map {
                refused($0, Flaw(.notController, "This is not the correct controller for this cluster."))
            }
            return .now(response)
        }
        let defaultPartitions = state.configs.number("num.partitions", broker: context.broker) ?? 1
        let partitions = request.topics.reduce(0) { $0 + partitionCount($1, defaultPartitions) }
        let records = request.topics.reduce(partitions) { $0 + 1 + $1.configs.count }
        if max(partitions, records) > limit {
            let message =
                partitions > limit
                ? "Excessively large number of partitions per request." : "Unable to perform excessively large batch operation."
            response.topics = request.topics.map { refused($0, Flaw(.policyViolation, message)) }
            return .now(response)
        }
        let before = request.validateOnly ? state : nil
        let twice = Dictionary(request.topics.map { ($0.name, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }
        let mayCreateAll = state.allows(context, .create, .cluster)
        for asked in request.topics where twice[asked.name] == nil {
            do throws(Flaw) {
                guard mayCreateAll || state.allows(context, .create, .topic(asked.name)) else {
                    throw Flaw(.topicAuthorizationFailed, "Authorization failed.")
                }
                response.topics.append(try create(asked, context, &state))
            } catch {
                response.topics.append(refused(asked, error))
            }
        }
        for name in twice.keys.sorted() {
            var asked = Asked()
            asked.name = name
            response.topics.append(refused(asked, Flaw(.invalidRequest, "Duplicate topic name.")))
        }
        if var before {
            before.quotaUsage = state.quotaUsage
            state = before
        }
        return .now(response)
    }

    struct Flaw: Error {
        let code: ErrorCode
        let message: String?
        init(_ code: ErrorCode, _ message: String?) {
            self.code = code
            self.message = message
        }
    }

    private static func refused(_ asked: Asked, _ flaw: Flaw) -> TopicResult {
        var result = TopicResult()
        result.name = asked.name
        result.errorCode = flaw.code
        result.errorMessage = flaw.message.map { ByteString($0) }
        result.configs = []
        return result
    }

    private static func partitionCount(_ asked: Asked, _ initial: Int) -> Int {
        if !asked.assignments.isEmpty { return asked.assignments.count }
        return asked.numPartitions == -1 ? initial : max(0, Int(asked.numPartitions))
    }

    private static func create(_ asked: Asked, _ context: CallContext, _ state: inout ClusterState) throws(Flaw) -> TopicResult {
        if asked.name == "__cluster_metadata" {
            throw Flaw(.invalidRequest, "Creation of internal topic __cluster_metadata is prohibited.")
        }
        if let flaw = TopicName.flaw(in: asked.name) { throw Flaw(.invalidTopic, flaw) }
        if state.topics[asked.name] != nil { throw Flaw(.topicAlreadyExists, "Topic '\(asked.name)' already exists.") }
        if let other = state.collisions[TopicName.collisionKey(asked.name)] {
            throw Flaw(.invalidTopic, "Topic '\(asked.name)' collides with existing topic: \(other)")
        }
        var configs: [ByteString: ByteString] = [:]
        for config in asked.configs {
            guard let value = config.value else {
                throw Flaw(.invalidConfig, "Null value not supported for topic configs: \(config.name)")
            }
            configs[config.name] = value
        }
        if let flaw = ConfigRules.flaw(inTopic: configs) { throw Flaw(.invalidConfig, flaw) }
        let replicas = try placement(asked, context, &state)
        guard state.mayChange(partitions: replicas.count, context, strictSince: 6) else {
            throw Flaw(.throttlingQuotaExceeded, "The throttling quota has been exceeded.")
        }
        let topic = state.add(asked.name, replicas: replicas, configs: configs, context)
        var result = TopicResult()
        result.name = topic.name
        result.topicId = topic.id
        guard state.allows(context, .describeConfigs, .topic(topic.name)) else {
            result.topicConfigErrorCode = .topicAuthorizationFailed
            return result
        }
        result.numPartitions = Int32(topic.partitions.count)
        result.replicationFactor = topic.replicationFactor
        result.configs = state.configs.rows(topic: topic.configs, broker: context.broker, keys: nil, synonyms: false).map { row in
            var config = TopicResult.CreatableTopicConfigs()
            config.name = row.name
            config.value = row.value
            config.readOnly = row.readOnly
            config.configSource = row.configSource
            config.isSensitive = row.isSensitive
            // The controller answers here, and it counts hours set in its file as they are: -1 is -3,600,000 ms.
            if row.configSource == ConfigSource.initial.rawValue, let definition = ConfigTable.topic[row.name],
                let coarse = state.configs.coarse(definition, broker: context.broker), coarse.source == .staticBroker
            {
                config.value = ByteString("\(coarse.milliseconds)")
                config.configSource = coarse.source.rawValue
            }
            return config
        }
        return result
    }

    private static func placement(_ asked: Asked, _ context: CallContext, _ state: inout ClusterState) throws(Flaw) -> [[Int32]] {
        if !asked.assignments.isEmpty {
            if asked.replicationFactor != -1 {
                throw Flaw(
                    .invalidRequest, "A manual partition assignment was specified, but replication factor was not set to -1.")
            }
            if asked.numPartitions != -1 {
                throw Flaw(.invalidRequest, "A manual partition assignment was specified, but numPartitions was not set to -1.")
            }
            let ordered = asked.assignments.sorted { $0.partitionIndex < $1.partitionIndex }
            if let twice = zip(ordered, ordered.dropFirst()).first(where: { $0.partitionIndex == $1.partitionIndex }) {
                throw Flaw(
                    .invalidReplicaAssignment,
                    "Found multiple manual partition assignments for partition \(twice.0.partitionIndex)")
            }
            guard ordered.enumerated().allSatisfy({ Int32($0.offset) == $0.element.partitionIndex }) else {
                throw Flaw(.invalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence")
            }
            var width: Int?
            for assignment in ordered {
                if let flaw = ConfigRules.flaw(inReplicas: assignment.brokerIds, width: width, state.brokers.map(\.id)) {
                    throw Flaw(.invalidReplicaAssignment, flaw)
                }
                width = assignment.brokerIds.count
            }
            return ordered.map(\.brokerIds)
        }
        if asked.replicationFactor < -1 || asked.replicationFactor == 0 {
            throw Flaw(
                .invalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.")
        }
        if asked.numPartitions < -1 || asked.numPartitions == 0 {
            throw Flaw(.invalidPartitions, "Number of partitions was set to an invalid non-positive value.")
        }
        let partitions =
            asked.numPartitions == -1 ? state.configs.number("num.partitions", broker: context.broker) ?? 1 : Int(asked.numPartitions)
        let factor =
            asked.replicationFactor == -1
            ? state.configs.number("default.replication.factor", broker: context.broker) ?? 1 : Int(asked.replicationFactor)
        guard factor <= state.brokers.count else {
            throw Flaw(
                .invalidReplicationFactor,
                "Unable to replicate the partition \(factor) time(s): The target replication factor of \(factor) cannot be reached because only \(state.brokers.count) broker(s) are registered."
            )
        }
        return state.placement.place(partitions: partitions, factor: factor, on: state.brokersForPlacement(factor: factor))
    }
}

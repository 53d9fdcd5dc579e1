import Bytes
import KafkaProtocol

/// Brokers, controller and topics. Null asks for every topic (in version 0 the empty list); by id from version 12 on.
///
/// A topic that is not there is error 3, an unknown id 100, an illegal name 17. Where `auto.create.topics.enable` is on and the
/// client allows it, a missing topic is made, and is there the next time. A topic stays unseen for the configured delay after
/// it was created.
enum MetadataHandler: CallHandler {
    typealias Request = MetadataRequest
    typealias TopicResult = MetadataResponse.MetadataResponseTopic

    static func answer(_ request: MetadataRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<MetadataResponse> {
        var response = MetadataResponse()
        if let asked = request.topics, let code = flaw(asked, version: context.version) {
            response.errorCode = code
            response.controllerId = -1
            response.topics = asked.map { refused($0, code) }
            return .now(response)
        }
        response.clusterId = state.clusterID
        response.controllerId = state.controller
        response.brokers = state.livingBrokers.map { broker in
            var row = MetadataResponse.MetadataResponseBroker()
            row.nodeId = broker.id
            row.host = broker.host
            row.port = broker.port
            row.rack = broker.rack
            return row
        }
        if request.includeClusterAuthorizedOperations, (8...10).contains(context.version) {
            response.clusterAuthorizedOperations = clusterOperations(context, state)
        }
        if let asked = request.topics, context.version > 0 || !asked.isEmpty {
            let rows = asked.eachOnce.map { describe($0, request, context, &state) }
            // What the caller may not see comes last.
            response.topics =
                rows.filter { $0.errorCode != .topicAuthorizationFailed } + rows.filter { $0.errorCode == .topicAuthorizationFailed }
        } else {
            response.topics = state.topics.values.filter { $0.visibleFrom <= context.uptime }.sorted { $0.name < $1.name }.map {
                row($0, state)
            }.filter { state.allows(context, .describe, .topic($0.name ?? "")) }
        }
        if request.includeTopicAuthorizedOperations {
            for index in response.topics.indices where response.topics[index].errorCode != .topicAuthorizationFailed {
                guard let name = response.topics[index].name else { continue }
                response.topics[index].topicAuthorizedOperations = state.operations(context, on: .topic(name))
            }
        }
        return .now(response)
    }

    /// What the caller may do to the cluster; nothing at all is told to one who may not describe it.
    static func clusterOperations(_ context: CallContext, _ state: ClusterState) -> Int32 {
        state.allows(context, .describe, .cluster) ? state.operations(context, on: .cluster) : 0
    }

    /// Why none of the topics can be looked up. Versions 10 and 11 have a place for ids, but do not look topics up by them; later ones
    /// stumble over a topic that has neither name nor id, beside others that have names alone.
    private static func flaw(_ asked: [MetadataRequest.MetadataRequestTopic], version: Int16) -> ErrorCode? {
        if version < 12 { return asked.contains { $0.name == nil || $0.topicId != .zero } ? .invalidRequest : nil }
        return asked.contains { $0.name == nil } && asked.allSatisfy { $0.topicId == .zero } ? .unknownServerError : nil
    }

    private static func refused(_ asked: MetadataRequest.MetadataRequestTopic, _ code: ErrorCode) -> TopicResult {
        var result = TopicResult()
        result.name = asked.name ?? ByteString()
        result.topicId = asked.topicId
        result.errorCode = code
        return result
    }

    private static func describe(
        _ asked: MetadataRequest.MetadataRequestTopic, _ request: MetadataRequest, _ context: CallContext,
        _ state: inout ClusterState
    ) -> TopicResult {
        let topic = asked.name.map { state.topics[$0] } ?? state.topic(asked.topicId)
        var result = TopicResult()
        result.name = asked.name
        result.topicId = asked.topicId
        if let name = asked.name ?? topic?.name, !state.allows(context, .describe, .topic(name)) {
            // Whether the topic is there is not told; an id is no secret, a name is.
            if asked.name != nil { result.topicId = .zero }
            result.errorCode = .topicAuthorizationFailed
            return result
        }
        if let topic, topic.visibleFrom <= context.uptime { return row(topic, state) }
        guard let name = asked.name else {
            result.errorCode = .unknownTopicId
            return result
        }
        result.errorCode = TopicName.flaw(in: name) == nil ? .unknownTopicOrPartition : .invalidTopic
        result.isInternal = name == Topic.offsetsName || name == Topic.transactionsName
        let isAllowed = request.allowAutoTopicCreation || context.version < 4
        if topic == nil, result.errorCode == .unknownTopicOrPartition, isAllowed,
            state.configs.effective("auto.create.topics.enable", broker: context.broker) == "true"
        {
            guard state.allows(context, .create, .cluster) || state.allows(context, .create, .topic(name)) else {
                result.errorCode = .topicAuthorizationFailed
                return result
            }
            create(name, context, &state)
        }
        return result
    }

    private static func create(_ name: ByteString, _ context: CallContext, _ state: inout ClusterState) {
        if name == Topic.offsetsName || name == Topic.transactionsName { return state.ensureInternalTopic(name, context) }
        state.ensureTopic(
            name, partitions: state.configs.number("num.partitions", broker: context.broker) ?? 1,
            factor: state.configs.number("default.replication.factor", broker: context.broker) ?? 1, configs: [:], context)
    }

    private static func row(_ topic: Topic, _ state: ClusterState) -> TopicResult {
        var result = TopicResult()
        result.name = topic.name
        result.topicId = topic.id
        result.isInternal = topic.isInternal
        result.partitions = topic.partitions.map { partition in
            var row = TopicResult.MetadataResponsePartition()
            row.errorCode = partition.leader < 0 ? .leaderNotAvailable : .none
            row.partitionIndex = partition.index
            row.leaderId = partition.leader
            row.leaderEpoch = partition.leaderEpoch
            row.replicaNodes = partition.replicas
            row.isrNodes = partition.inSync
            row.offlineReplicas = partition.replicas.filter { !state.servesReplicas($0) }
            return row
        }
        return result
    }
}

extension [MetadataRequest.MetadataRequestTopic] {
    /// Each topic once; where one is asked for by its id, names count for nothing.
    fileprivate var eachOnce: [MetadataRequest.MetadataRequestTopic] {
        var seenIDs: Set<KafkaUUID> = [.zero]
        let byID = filter { seenIDs.insert($0.topicId).inserted }.map { asked in
            var asked = asked
            asked.name = nil
            return asked
        }
        if !byID.isEmpty { return byID }
        var seenNames: Set<ByteString?> = []
        return filter { seenNames.insert($0.name).inserted }
    }
}

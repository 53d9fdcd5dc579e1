import Bytes
import KafkaProtocol

/// Configs with type, source and synonyms: of topics (2), of the addressed broker or the cluster default (4), of a broker's
/// loggers (8), of client metrics subscriptions (16) and of groups (32). Sensitive values are null. Another broker's configs are
/// error 42, a missing topic 3. No keys, null or an empty list, are all of them. Documentation is always null.
enum DescribeConfigsHandler: CallHandler {
    typealias Request = DescribeConfigsRequest
    typealias Result = DescribeConfigsResponse.DescribeConfigsResult

    static func answer(
        _ request: DescribeConfigsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeConfigsResponse> {
        var response = DescribeConfigsResponse()
        response.results = request.resources.map { asked in
            var result = Result()
            result.resourceType = asked.resourceType
            result.resourceName = asked.resourceName
            result.errorMessage = ""
            do throws(ConfigRefusal) {
                result.configs = try rows(asked, synonyms: request.includeSynonyms, context, state)
            } catch {
                result.errorCode = error.code
                result.errorMessage = ByteString(error.message ?? "")
            }
            return result
        }
        return .now(response)
    }

    private static func rows(
        _ asked: DescribeConfigsRequest.DescribeConfigsResource, synonyms: Bool, _ context: CallContext, _ state: ClusterState
    ) throws(ConfigRefusal) -> [ConfigRow] {
        let keys = asked.configurationKeys.flatMap { $0.isEmpty ? nil : $0 }
        let kind = ConfigResourceKind(rawValue: asked.resourceType)
        if let guarded = kind?.guarded(asked.resourceName), !state.allows(context, .describeConfigs, guarded.resource) {
            throw guarded.refusal
        }
        switch kind {
        case .topic:
            if let flaw = TopicName.flaw(in: asked.resourceName) { throw ConfigRefusal(.invalidTopic, flaw) }
            guard let topic = state.topics[asked.resourceName] else { throw ConfigRefusal(.unknownTopicOrPartition, nil) }
            return state.configs.rows(topic: topic.configs, broker: context.broker, keys: keys, synonyms: synonyms)
        case .broker:
            if asked.resourceName.isEmpty { return state.configs.rowsOfClusterDefault(keys: keys, synonyms: synonyms) }
            let id = try ConfigRefusal.broker(asked.resourceName, addressed: context.broker, expected: "\(context.broker) or empty string,")
            return state.configs.rows(broker: id, keys: keys, synonyms: synonyms)
        case .logger:
            let id = try ConfigRefusal.broker(asked.resourceName, addressed: context.broker, expected: "\(context.broker)")
            return state.configs.rowsOfLoggers(broker: id, keys: keys)
        case .clientMetrics:
            guard !asked.resourceName.isEmpty else {
                throw ConfigRefusal(.invalidRequest, "Client metrics subscription name must not be empty")
            }
            return state.configs.rows(
                .clientMetrics, set: state.configs.clientMetrics[asked.resourceName] ?? [:], source: .clientMetrics, broker: context.broker,
                keys: keys, synonyms: synonyms)
        case .group:
            guard !asked.resourceName.isEmpty else { throw ConfigRefusal(.invalidRequest, "Group name must not be empty") }
            return state.configs.rows(
                .group, set: state.configs.groups[asked.resourceName] ?? [:], source: .group, broker: context.broker, keys: keys,
                synonyms: synonyms)
        case nil:
            throw ConfigRefusal(.invalidRequest, ConfigRefusal.malformed)
        }
    }
}

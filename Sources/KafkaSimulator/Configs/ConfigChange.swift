import Bytes
import KafkaProtocol

/// What IncrementalAlterConfigs asks of one config; the numbers are the protocol's.
enum ConfigOperation: Int8 {
    case set = 0
    case delete, append, subtract
}

/// Changes of one resource's configs: worked out and checked first, then put in force.
struct ConfigChange {
    let kind: ConfigResourceKind
    let name: ByteString
    let operations: [(name: ByteString, operation: Int8, value: ByteString?)]
    /// Whether what is not named goes back to its default, as AlterConfigs has it.
    let replacesAll: Bool

    /// Puts the change in force, or throws and changes nothing.
    func apply(_ context: CallContext, to state: inout ClusterState) throws(ConfigRefusal) {
        try checkShape()
        switch kind {
        case .topic: try applyToTopic(context, &state)
        case .broker: try applyToBroker(context, &state)
        case .logger: try applyToLoggers(context, &state)
        case .clientMetrics:
            let next = try changed(state.configs.clientMetrics[name] ?? [:], .clientMetrics) { $0.initial }
            try ClientMetricsRules.check(next)
            state.configs.clientMetrics[name] = next.isEmpty ? nil : next
        case .group:
            if name.isEmpty { throw ConfigRefusal(.invalidRequest, "Default group resources are not allowed.") }
            let next = try changed(state.configs.groups[name] ?? [:], .group) { $0.initial }
            try GroupConfigRules.check(next)
            state.configs.groups[name] = next.isEmpty ? nil : next
        }
        state.metadataOffset += Int64(operations.count)
    }

    private func checkShape() throws(ConfigRefusal) {
        var seen: Set<ByteString> = []
        for (name, operation, value) in operations {
            if name.isEmpty { throw ConfigRefusal(.invalidRequest, "Null or empty config key") }
            guard seen.insert(name).inserted else { throw ConfigRefusal(.invalidRequest, "Error due to duplicate config keys") }
            guard let operation = ConfigOperation(rawValue: operation) else {
                throw ConfigRefusal(.unknownServerError, nil)
            }
            if operation != .delete, value == nil {
                throw ConfigRefusal(.invalidRequest, "Null value not supported for : \(name)")
            }
        }
    }

    /// The configs after the change; `current` looks up what a list that is appended to holds where nobody set it.
    private func changed(
        _ before: [ByteString: ByteString], _ table: ConfigTable, current: (ConfigDefinition) -> ByteString?
    ) throws(ConfigRefusal) -> [ByteString: ByteString] {
        var after = replacesAll ? [:] : before
        for (name, operation, value) in operations {
            let definition = table[name]
            switch ConfigOperation(rawValue: operation) {
            case .set: after[name] = value
            case .delete, nil: after[name] = nil
            case .append, .subtract:
                guard definition?.kind == .list, let definition else {
                    throw ConfigRefusal(
                        .invalidConfig,
                        "Can't \(operation == 2 ? "APPEND" : "SUBTRACT") to key \(name) because its type is not LIST.")
                }
                var items = ConfigDefinition.items(after[name] ?? current(definition) ?? ByteString())
                for item in ConfigDefinition.items(value ?? ByteString()) {
                    if operation == ConfigOperation.append.rawValue {
                        if !items.contains(item) { items.append(item) }
                    } else {
                        items.removeAll { $0 == item }
                    }
                }
                after[name] = ByteString(items.map(\.description).joined(separator: ","))
            }
        }
        return after
    }

    private func applyToTopic(_ context: CallContext, _ state: inout ClusterState) throws(ConfigRefusal) {
        if let flaw = TopicName.flaw(in: name) { throw ConfigRefusal(.invalidTopic, flaw) }
        guard let topic = state.topics[name] else {
            throw ConfigRefusal(.unknownTopicOrPartition, "The topic '\(name)' does not exist.")
        }
        let store = state.configs
        let next = try changed(topic.configs, .topic) { definition in
            store.effective(definition.name, of: [:], broker: context.broker)
        }
        if let flaw = ConfigRules.flaw(inTopic: next) { throw ConfigRefusal(.invalidConfig, flaw) }
        state.topics[name]?.configs = next
        if operations.contains(where: { $0.name == "min.insync.replicas" }) { state.reviewReplicas(of: name) }
    }

    private func applyToBroker(_ context: CallContext, _ state: inout ClusterState) throws(ConfigRefusal) {
        let id =
            name.isEmpty ? nil : try ConfigRefusal.broker(name, addressed: context.broker, noun: "Node", expected: "\(context.broker),")
        let before = id.map { state.configs.brokers[$0] ?? [:] } ?? state.configs.clusterDefault
        let store = state.configs
        let next = try changed(before, .broker) { definition in store.effective(definition.name, broker: context.broker) }
        try BrokerConfigRules(store, hasEligibleLeaders: state.hasEligibleLeaders, broker: context.broker).check(
            from: before, to: next, isClusterDefault: id == nil)
        if let id {
            state.configs.brokers[id] = next
        } else {
            state.configs.clusterDefault = next
            if state.hasEligibleLeaders, operations.contains(where: { $0.name == "min.insync.replicas" }) {
                for name in Array(state.topics.keys) { state.reviewReplicas(of: name) }
            }
        }
    }

    private func applyToLoggers(_ context: CallContext, _ state: inout ClusterState) throws(ConfigRefusal) {
        guard let id = Int32(name.description) else {
            throw ConfigRefusal(.invalidRequest, "Node id must be an integer, but it is: \(name)")
        }
        guard id == context.broker else {
            throw ConfigRefusal(.invalidRequest, "Unexpected node id. Expected \(context.broker), but received \(id)")
        }
        for (logger, operation, value) in operations {
            if operation == ConfigOperation.append.rawValue || operation == ConfigOperation.subtract.rawValue {
                let word = operation == ConfigOperation.append.rawValue ? "APPEND" : "SUBTRACT"
                throw ConfigRefusal(.invalidRequest, "\(word) operation is not allowed for the BROKER_LOGGER resource")
            }
            guard let initial = ConfigStore.initialLevels[logger] else {
                throw ConfigRefusal(.invalidConfig, "Logger \(logger) does not exist!")
            }
            if operation == ConfigOperation.delete.rawValue, logger == "root" {
                throw ConfigRefusal(.invalidRequest, "Removing the log level of the root logger is not allowed")
            }
            let level = operation == ConfigOperation.delete.rawValue ? initial : value ?? initial
            guard ["FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(level) else {
                throw ConfigRefusal(
                    .invalidConfig,
                    "Cannot set the log level of \(logger) to \(level) as it is not a supported log level. Valid log levels are TRACE, DEBUG, INFO, WARN, ERROR, FATAL"
                )
            }
            state.configs.loggers[id, default: [:]][logger] = level
        }
    }
}

import Bytes

/// Where a value comes from; the numbers are DescribeConfigs' own.
enum ConfigSource: Int8, Sendable {
    case topic = 1
    case broker = 2
    case clusterDefault = 3
    case staticBroker = 4
    case initial = 5
    case clientMetrics = 7
    case group = 8
}

/// Dynamic configs but those of topics, which live with their topic, and the static ones of each broker.
struct ConfigStore: Sendable {
    /// Set for every broker: the resource with the empty name.
    var clusterDefault: [ByteString: ByteString] = [:]
    var brokers: [Int32: [ByteString: ByteString]] = [:]
    /// What stands in each broker's own file.
    var staticBrokers: [Int32: [ByteString: ByteString]] = [:]
    var groups: [ByteString: [ByteString: ByteString]] = [:]
    var clientMetrics: [ByteString: [ByteString: ByteString]] = [:]
    /// Log levels that were set, by broker and logger.
    var loggers: [Int32: [ByteString: ByteString]] = [:]

    struct Setting: Equatable, Sendable {
        var name: ByteString
        var value: ByteString?
        var source: ConfigSource
    }

    /// The layers that a broker config has a value in, the one in force first.
    func brokerLayers(_ name: ByteString, broker: Int32?) -> [Setting] {
        var layers: [Setting] = []
        if let broker, let value = brokers[broker]?[name] { layers.append(Setting(name: name, value: value, source: .broker)) }
        if let value = clusterDefault[name] { layers.append(Setting(name: name, value: value, source: .clusterDefault)) }
        if let broker, let value = staticBrokers[broker]?[name] {
            layers.append(Setting(name: name, value: value, source: .staticBroker))
        }
        if let definition = ConfigTable.broker[name], let value = definition.initial {
            layers.append(Setting(name: name, value: value, source: .initial))
        }
        return layers
    }

    /// The layers of a topic's config, seen from `broker`, the one in force first. Never empty for a known name.
    func topicLayers(_ definition: ConfigDefinition, of configs: [ByteString: ByteString], broker: Int32) -> [Setting] {
        var layers: [Setting] = []
        if let value = configs[definition.name] { layers.append(Setting(name: definition.name, value: value, source: .topic)) }
        if let brokerName = definition.brokerName { layers += brokerLayers(brokerName, broker: broker) }
        return layers
    }

    /// The value in force of a topic's config.
    func effective(_ name: ByteString, of configs: [ByteString: ByteString], broker: Int32) -> ByteString? {
        guard let definition = ConfigTable.topic[name] else { return nil }
        return topicLayers(definition, of: configs, broker: broker).first?.value ?? fallback(definition, broker: broker)
    }

    /// A topic config's value where nobody set it under its own name.
    func fallback(_ definition: ConfigDefinition, broker: Int32) -> ByteString? {
        guard let coarse = coarse(definition, broker: broker) else { return definition.initial }
        return ByteString("\(max(-1, coarse.milliseconds))")
    }

    /// The broker config in minutes or hours that stands for one in milliseconds, and where it was set.
    func coarse(_ definition: ConfigDefinition, broker: Int32) -> (milliseconds: Int64, source: ConfigSource)? {
        let units: [(name: ByteString, factor: Int64)]
        switch definition.name {
        case "retention.ms": units = [("log.retention.minutes", 60_000), ("log.retention.hours", 3_600_000)]
        case "segment.ms": units = [("log.roll.hours", 3_600_000)]
        case "segment.jitter.ms": units = [("log.roll.jitter.hours", 3_600_000)]
        default: units = []
        }
        for (name, factor) in units {
            guard let setting = brokerLayers(name, broker: broker).first,
                let number = setting.value.flatMap({ Int64($0.description) })
            else { continue }
            return (number.multipliedReportingOverflow(by: factor).partialValue, setting.source)
        }
        return nil
    }

    /// The value in force of a broker's config.
    func effective(_ name: ByteString, broker: Int32) -> ByteString? { brokerLayers(name, broker: broker).first?.value }

    func number(_ name: ByteString, broker: Int32) -> Int? { effective(name, broker: broker).flatMap { Int($0.description) } }
}

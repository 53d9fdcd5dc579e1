import Bytes
import KafkaProtocol

/// DescribeConfigs' rows.
typealias ConfigRow = DescribeConfigsResponse.DescribeConfigsResult.DescribeConfigsResourceResult

extension ConfigStore {
    /// Every config of a topic, or those of `keys`.
    func rows(topic configs: [ByteString: ByteString], broker: Int32, keys: [ByteString]?, synonyms: Bool) -> [ConfigRow] {
        ConfigTable.topic.all.filter { keys?.contains($0.name) ?? true }.map { definition in
            let layers = topicLayers(definition, of: configs, broker: broker)
            return row(definition, layers, initial: fallback(definition, broker: broker), synonyms: synonyms)
        }
    }

    /// Every config of a broker. One that nobody knows vanishes: brokers store it, but do not show it.
    func rows(broker: Int32, keys: [ByteString]?, synonyms: Bool) -> [ConfigRow] {
        ConfigTable.broker.all.filter { definition in
            (keys?.contains(definition.name) ?? true)
                && (!definition.isHiddenWhereUnset || !brokerLayers(definition.name, broker: broker).isEmpty)
        }.map { definition in
            row(definition, brokerLayers(definition.name, broker: broker), synonyms: synonyms)
        } + authorizerRows(broker: broker, keys: keys)
    }

    /// What the authorizer reads of the broker's file. Brokers do not know what it means, and so call it secret.
    private func authorizerRows(broker: Int32, keys: [ByteString]?) -> [ConfigRow] {
        ["allow.everyone.if.no.acl.found", "super.users"].filter {
            staticBrokers[broker]?[$0] != nil && keys?.contains($0) ?? true
        }.map { name in
            var row = ConfigRow()
            row.name = name
            row.readOnly = true
            row.configSource = ConfigSource.staticBroker.rawValue
            row.isSensitive = true
            row.configType = 0
            return row
        }
    }

    /// The configs set for all brokers; nothing else is shown of the cluster default.
    func rowsOfClusterDefault(keys: [ByteString]?, synonyms: Bool) -> [ConfigRow] {
        ConfigTable.broker.all.filter { clusterDefault[$0.name] != nil && keys?.contains($0.name) ?? true }.map { definition in
            row(definition, brokerLayers(definition.name, broker: nil), synonyms: synonyms)
        }
    }

    /// Every config of a group or a client metrics subscription.
    func rows(
        _ table: ConfigTable, set configs: [ByteString: ByteString], source: ConfigSource, broker: Int32, keys: [ByteString]?,
        synonyms: Bool
    ) -> [ConfigRow] {
        table.all.filter { keys?.contains($0.name) ?? true }.map { definition in
            var layers = configs[definition.name].map { [Setting(name: definition.name, value: $0, source: source)] } ?? []
            if let brokerName = definition.brokerName { layers += brokerLayers(brokerName, broker: broker) }
            return row(definition, layers, synonyms: synonyms)
        }
    }

    private func row(_ definition: ConfigDefinition, _ layers: [Setting], initial: ByteString? = nil, synonyms: Bool) -> ConfigRow {
        let inForce = layers.first ?? Setting(name: definition.name, value: initial ?? definition.initial, source: .initial)
        var row = ConfigRow()
        row.name = definition.name
        row.value = definition.isSensitive ? nil : inForce.value.map(definition.normal)
        row.readOnly = definition.isReadOnly
        row.configSource = inForce.source.rawValue
        row.isSensitive = definition.isSensitive
        row.configType = definition.kind.rawValue
        if synonyms {
            row.synonyms = layers.map { layer in
                var synonym = ConfigRow.DescribeConfigsSynonym()
                synonym.name = layer.name
                synonym.value = definition.isSensitive ? nil : layer.value.map(definition.normal)
                synonym.source = layer.source.rawValue
                return synonym
            }
        }
        return row
    }
}

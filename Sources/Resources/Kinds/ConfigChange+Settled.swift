import Bytes
import KafkaClient
import KafkaProtocol

extension Source {
    /// Changes configs, and finds out by DescribeConfigs what became of those whose answer was lost. The value that is set decides, so the
    /// same is set again where it is not there.
    func alterConfigs(_ changes: [ConfigChange]) async throws -> [ConfigResource: WriteResult] {
        try await Settled.write(changes, key: \.resource, time: time, send: { try await client.alterConfigs($0) }) { doubtful in
            let answers = try await client.describeConfigs(doubtful.map(\.resource), includeSynonyms: false).value
            var sights: [ConfigResource: Settled.Sight] = [:]
            for change in doubtful {
                guard case .entries(let entries)? = answers[change.resource] else { continue }
                sights[change.resource] = change.isHeld(by: entries).map { $0 ? .made : .notYet }
            }
            return sights
        }
    }
}

extension ConfigChange {
    /// Whether a resource with these configs is as the change makes it; nil where that cannot be told: a value is sensitive, or is added to a
    /// list.
    func isHeld(by entries: [ConfigEntry]) -> Bool? {
        let source: ConfigSource =
            switch resource {
            case .clusterDefault: .dynamicDefaultBroker
            case _ where resource.type == .broker: .dynamicBroker
            default: .dynamicTopic
            }
        let own = Dictionary(
            entries.filter { $0.source == source }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var isHeld = true
        for (name, operation) in operations {
            switch operation {
            case .set(let value):
                if own[name]?.isSensitive == true { return nil }
                isHeld = isHeld && own[name]?.value == value
            case .delete: isHeld = isHeld && own[name] == nil
            case .append, .subtract: return nil
            }
        }
        return isHeld
    }
}

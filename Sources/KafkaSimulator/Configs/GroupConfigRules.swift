import Bytes
import KafkaProtocol

/// What brokers refuse in the configs of groups.
enum GroupConfigRules {
    static func check(_ configs: [ByteString: ByteString]) throws(ConfigRefusal) {
        for (name, value) in configs.sorted(by: { $0.key < $1.key }) {
            guard let definition = ConfigTable.group[name] else {
                throw ConfigRefusal(.invalidConfig, "Unknown group config name: \(name)")
            }
            if let flaw = definition.flaw(in: value) { throw ConfigRefusal(.invalidConfig, flaw) }
            if name == "share.auto.offset.reset" { try checkReset(name, value) }
            if let number = Int(value.description.trimming()) { try checkLimits(name, number) }
        }
    }

    /// The brokers' own limits, at their defaults, which bound what a group may ask for.
    private static func checkLimits(_ name: ByteString, _ number: Int) throws(ConfigRefusal) {
        let parts = name.description.split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return }
        let limits: ClosedRange<Int>
        switch parts[1] {
        case "session.timeout.ms": limits = 45_000...60_000
        case "heartbeat.interval.ms": limits = 5000...15_000
        case "record.lock.duration.ms": limits = 15_000...60_000
        case "num.standby.replicas": limits = 0...2
        default: return
        }
        if number < limits.lowerBound {
            throw ConfigRefusal(.invalidConfig, "\(name) must be greater than or equal to group.\(parts[0]).min.\(parts[1])")
        }
        if number > limits.upperBound {
            throw ConfigRefusal(.invalidConfig, "\(name) must be less than or equal to group.\(parts[0]).max.\(parts[1])")
        }
    }

    private static func checkReset(_ name: ByteString, _ value: ByteString) throws(ConfigRefusal) {
        guard value != "earliest", value != "latest", !value.hasPrefix("by_duration:P") else { return }
        throw ConfigRefusal(
            .invalidConfig,
            "Invalid value \(value) for configuration \(name): Invalid value `\(value)` for configuration \(name). "
                + "The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.")
    }
}

/// What brokers refuse in client metrics subscriptions.
enum ClientMetricsRules {
    private static let matchKeys: Set<String> = [
        "client_id", "client_instance_id", "client_software_name", "client_software_version", "client_source_address",
        "client_source_port",
    ]

    static func check(_ configs: [ByteString: ByteString]) throws(ConfigRefusal) {
        for (name, value) in configs.sorted(by: { $0.key < $1.key }) {
            guard ConfigTable.clientMetrics[name] != nil else {
                throw ConfigRefusal(.invalidRequest, "Unknown client metrics configuration: \(name)")
            }
            if name == "interval.ms", !(100...3_600_000).contains(Int(value.description.trimming()) ?? -1) {
                throw ConfigRefusal(
                    .invalidRequest,
                    "Invalid value \(value) for interval.ms, interval must be between 100 and 3600000 (1 hour)")
            }
            if name == "match" {
                for pattern in ConfigDefinition.items(value) {
                    let pair = pattern.description.split(separator: "=", maxSplits: 1)
                    guard pair.count == 2, matchKeys.contains(String(pair[0]).trimming()) else {
                        throw ConfigRefusal(.invalidConfig, "Illegal client matching pattern: \(pattern)")
                    }
                }
            }
        }
    }
}

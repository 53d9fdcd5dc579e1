import Bytes
import KafkaProtocol

/// The sorts of things that bear configs; the numbers are the protocol's.
enum ConfigResourceKind: Int8, CaseIterable, Sendable {
    case topic = 2
    case broker = 4
    case logger = 8
    case clientMetrics = 16
    case group = 32
}

extension ConfigResourceKind {
    /// Whose rights decide about these configs, and what the refusal is.
    func guarded(_ name: ByteString) -> (resource: AclResource, refusal: ConfigRefusal) {
        switch self {
        case .topic: (.topic(name), ConfigRefusal(.topicAuthorizationFailed, "Topic authorization failed."))
        case .group: (.group(name), ConfigRefusal(.groupAuthorizationFailed, "Group authorization failed."))
        case .broker, .logger, .clientMetrics:
            (.cluster, ConfigRefusal(.clusterAuthorizationFailed, "Cluster authorization failed."))
        }
    }
}

/// Why a config call is refused for one resource.
struct ConfigRefusal: Error, Equatable {
    let code: ErrorCode
    let message: String?

    /// What brokers say of a request that they cannot make sense of.
    static let malformed =
        "This most likely occurs because of a request being malformed by the client library or the message was sent to an "
        + "incompatible broker. See the broker logs for more details."

    init(_ code: ErrorCode, _ message: String?) {
        self.code = code
        self.message = message
    }

    /// The id in a broker resource's name, which must be the broker that was asked.
    static func broker(_ name: ByteString, addressed: Int32, noun: String = "Broker", expected: String) throws(ConfigRefusal) -> Int32 {
        guard let id = Int32(name.description) else {
            throw ConfigRefusal(.invalidRequest, "\(noun) id must be an integer, but it is: \(name)")
        }
        guard id == addressed else {
            throw ConfigRefusal(.invalidRequest, "Unexpected broker id, expected \(expected) but received \(name)")
        }
        return id
    }
}

extension ConfigStore {
    /// The loggers of every broker with their levels as they start.
    static let initialLevels: [ByteString: ByteString] = [
        "kafka": "INFO", "kafka.controller": "INFO", "kafka.log.LogCleaner": "INFO", "kafka.network.RequestChannel$": "WARN",
        "kafka.request.logger": "WARN", "org.apache.kafka": "INFO", "root": "INFO", "state.change.logger": "INFO",
    ]

    func rowsOfLoggers(broker: Int32, keys: [ByteString]?) -> [ConfigRow] {
        let levels = Self.initialLevels.merging(loggers[broker] ?? [:]) { _, set in set }
        return levels.filter { keys?.contains($0.key) ?? true }.sorted { $0.key < $1.key }.map { name, level in
            var row = ConfigRow()
            row.name = name
            row.value = level
            row.configSource = 6
            row.documentation = ""
            return row
        }
    }
}

import Bytes
import KafkaClient

extension ConfigSource {
    /// The word for it in documents.
    var name: ByteString {
        switch self {
        case .dynamicTopic: "topic"
        case .dynamicBroker: "broker"
        case .dynamicDefaultBroker: "cluster-default"
        case .staticBroker: "static-broker"
        case .defaultValue: "kafka-default"
        default: ByteString("source-\(rawValue)")
        }
    }
}

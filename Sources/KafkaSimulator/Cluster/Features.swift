import Bytes

/// A feature of the cluster (KIP-584): the levels that brokers support and the one that is in force.
struct Feature: Sendable, Equatable {
    let name: ByteString
    let supported: ClosedRange<Int16>
    /// 0 means switched off.
    var level: Int16

    /// As a freshly formatted Kafka 4.1 has them.
    static let ofKafka4_1: [Feature] = [
        Feature(name: "group.version", supported: 0...1, level: 1),
        Feature(name: "kraft.version", supported: 0...1, level: 1),
        Feature(name: "metadata.version", supported: 7...27, level: 27),
        Feature(name: "share.version", supported: 0...1, level: 0),
        Feature(name: "transaction.version", supported: 0...2, level: 2),
        Feature(name: "eligible.leader.replicas.version", supported: 0...1, level: 1),
    ]
}

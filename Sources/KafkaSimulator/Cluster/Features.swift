import Bytes

/// A feature of the cluster (KIP-584): the levels that brokers support and the one that is in force.
struct Feature: Sendable, Equatable {
    let name: ByteString
    let supported: ClosedRange<Int16>
    /// 0 means switched off.
    var level: Int16

    /// As a freshly formatted cluster of the release has them; none before KRaft.
    static func features(of release: KafkaRelease) -> [Feature] {
        switch release {
        case .v2_4, .v2_8: []
        case .v3_3: [Feature(name: "metadata.version", supported: 1...7, level: 7)]
        case .v3_9:
            [
                Feature(name: "kraft.version", supported: 0...1, level: 0),
                Feature(name: "metadata.version", supported: 1...21, level: 21),
            ]
        case .v4_1: ofKafka4_1
        }
    }

    private static let ofKafka4_1: [Feature] = [
        Feature(name: "group.version", supported: 0...1, level: 1),
        Feature(name: "kraft.version", supported: 0...1, level: 1),
        Feature(name: "metadata.version", supported: 7...27, level: 27),
        Feature(name: "share.version", supported: 0...1, level: 0),
        Feature(name: "transaction.version", supported: 0...2, level: 2),
        Feature(name: "eligible.leader.replicas.version", supported: 0...1, level: 1),
    ]
}

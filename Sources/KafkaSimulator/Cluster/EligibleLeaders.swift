import Bytes

/// Eligible leader replicas (KIP-966): the cluster remembers which dead replicas hold every record.
extension ClusterState {
    var hasEligibleLeaders: Bool { features.contains { $0.name == "eligible.leader.replicas.version" && $0.level > 0 } }

    /// `min.insync.replicas` of a topic where eligible leader replicas are on; nil where they are not.
    func minimumInSync(of topic: Topic) -> Int? {
        hasEligibleLeaders ? configuredInSync(topic.configs) : nil
    }

    /// `min.insync.replicas` of a topic with these configs.
    private func configuredInSync(_ topicConfigs: [ByteString: ByteString]) -> Int {
        guard let first = brokers.first else { return 1 }
        return configs.effective("min.insync.replicas", of: topicConfigs, broker: first.id).flatMap { Int($0.description) } ?? 1
    }

    /// With how many replicas in sync the high watermark of a topic with these configs moves; since 3.7, `min.insync.replicas`.
    func requiredInSync(_ topicConfigs: [ByteString: ByteString]) -> Int {
        switch release {
        case .v2_4, .v2_8, .v3_3: 0
        case .v3_9, .v4_1: configuredInSync(topicConfigs)
        }
    }

    /// Where eligible leader replicas are on, the cluster itself writes down how many replicas must be in sync, nobody may take it away,
    /// and no broker has another number.
    mutating func fixMinimumInSync() {
        guard let first = brokers.first else { return }
        let own: ByteString = "min.insync.replicas"
        for broker in configs.brokers.keys { configs.brokers[broker]?[own] = nil }
        configs.clusterDefault[own] = configs.effective(own, broker: first.id)
        for name in Array(topics.keys) { reviewReplicas(of: name) }
    }
}

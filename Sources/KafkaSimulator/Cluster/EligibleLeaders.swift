import Bytes

/// Eligible leader replicas (KIP-966): the cluster remembers which dead replicas hold every record.
extension ClusterState {
    var hasEligibleLeaders: Bool { features.contains { $0.name == "eligible.leader.replicas.version" && $0.level > 0 } }

    /// `min.insync.replicas` of a topic where eligible leader replicas are on; nil where they are not.
    func minimumInSync(of topic: Topic) -> Int? {
        guard hasEligibleLeaders, let first = brokers.first else { return nil }
        return configs.effective("min.insync.replicas", of: topic.configs, broker: first.id).flatMap { Int($0.description) } ?? 1
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

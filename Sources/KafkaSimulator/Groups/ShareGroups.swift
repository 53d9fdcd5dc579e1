import Bytes
import KafkaProtocol

extension ClusterState {
    /// Whether the feature `share.version` is on (off in a fresh cluster); where it is not, every call about share groups is
    /// error 35.
    var hasShareGroups: Bool { features.contains { $0.name == "share.version" && $0.level > 0 } }

    /// Makes `__share_group_state` when a group first needs it. What was asked to be made in it is there as soon as time has
    /// passed and brokers know the topic.
    mutating func startShareInitialization(_ context: CallContext) {
        guard shareInitialization == nil else { return }
        ensureTopic(
            Topic.shareStateName, partitions: configs.number("share.coordinator.state.topic.num.partitions", broker: context.broker) ?? 50,
            factor: configs.number("share.coordinator.state.topic.replication.factor", broker: context.broker) ?? 3,
            configs: ["cleanup.policy": "delete", "compression.type": "uncompressed", "retention.ms": "-1", "segment.bytes": "104857600"],
            context)
        shareInitialization = max(context.uptime, topics[Topic.shareStateName]?.visibleFrom ?? .zero)
    }

    mutating func completeShareInitialization(_ context: CallContext) {
        guard let due = shareInitialization, context.uptime > due else { return }
        groups.completeShareInitialization()
        shareInitialization = nil
    }
}

extension ConfigTable {
    /// Configs of consumer groups in Kafka 4.1 (KIP-848, KIP-932, KIP-1071).
    static let group = ConfigTable([
        ConfigDefinition(
            name: "consumer.heartbeat.interval.ms", kind: .int, initial: "5000", bound: .atLeast(1),
            brokerName: "group.consumer.heartbeat.interval.ms"),
        ConfigDefinition(
            name: "consumer.session.timeout.ms", kind: .int, initial: "45000", bound: .atLeast(1),
            brokerName: "group.consumer.session.timeout.ms"),
        ConfigDefinition(
            name: "share.auto.offset.reset", kind: .string, initial: "latest"),
        ConfigDefinition(
            name: "share.heartbeat.interval.ms", kind: .int, initial: "5000", bound: .atLeast(1),
            brokerName: "group.share.heartbeat.interval.ms"),
        ConfigDefinition(
            name: "share.isolation.level", kind: .string, initial: "read_uncommitted",
            bound: .oneOf(["read_committed", "read_uncommitted"])),
        ConfigDefinition(
            name: "share.record.lock.duration.ms", kind: .int, initial: "30000", bound: .atLeast(1000),
            brokerName: "group.share.record.lock.duration.ms"),
        ConfigDefinition(
            name: "share.session.timeout.ms", kind: .int, initial: "45000", bound: .atLeast(1),
            brokerName: "group.share.session.timeout.ms"),
        ConfigDefinition(
            name: "streams.heartbeat.interval.ms", kind: .int, initial: "5000", bound: .atLeast(1),
            brokerName: "group.streams.heartbeat.interval.ms"),
        ConfigDefinition(
            name: "streams.num.standby.replicas", kind: .int, initial: "0", bound: .atLeast(0),
            brokerName: "group.streams.num.standby.replicas"),
        ConfigDefinition(
            name: "streams.session.timeout.ms", kind: .int, initial: "45000", bound: .atLeast(1),
            brokerName: "group.streams.session.timeout.ms"),
    ])

    /// Configs of client metrics subscriptions (KIP-714).
    static let clientMetrics = ConfigTable([
        ConfigDefinition(name: "interval.ms", kind: .int, initial: "300000", bound: .between(100, 3_600_000)),
        ConfigDefinition(name: "match", kind: .list, initial: ""),
        ConfigDefinition(name: "metrics", kind: .list, initial: ""),
    ])
}

extension ConfigTable {
    /// Configs of topics in Kafka 4.1, with the broker config that each falls back to.
    static let topic = ConfigTable([
        ConfigDefinition(
            name: "cleanup.policy", kind: .list, initial: "delete", bound: .oneOf(["compact", "delete"]), brokerName: "log.cleanup.policy"),
        ConfigDefinition(
            name: "compression.gzip.level", kind: .int, initial: "-1", bound: .betweenOrDefault(1, 9), brokerName: "compression.gzip.level"),
        ConfigDefinition(
            name: "compression.lz4.level", kind: .int, initial: "9", bound: .between(1, 17), brokerName: "compression.lz4.level"),
        ConfigDefinition(
            name: "compression.type", kind: .string, initial: "producer",
            bound: .oneOf(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]), brokerName: "compression.type"),
        ConfigDefinition(
            name: "compression.zstd.level", kind: .int, initial: "3", bound: .between(-131_072, 22),
            brokerName: "compression.zstd.level"),
        ConfigDefinition(
            name: "delete.retention.ms", kind: .long, initial: "86400000", bound: .atLeast(0),
            brokerName: "log.cleaner.delete.retention.ms"),
        ConfigDefinition(
            name: "file.delete.delay.ms", kind: .long, initial: "60000", bound: .atLeast(0), brokerName: "log.segment.delete.delay.ms"),
        ConfigDefinition(
            name: "flush.messages", kind: .long, initial: "9223372036854775807", bound: .atLeast(1),
            brokerName: "log.flush.interval.messages"),
        ConfigDefinition(
            name: "flush.ms", kind: .long, initial: "9223372036854775807", bound: .atLeast(0), brokerName: "log.flush.interval.ms"),
        ConfigDefinition(
            name: "follower.replication.throttled.replicas", kind: .list, initial: "", bound: .throttledReplicas),
        ConfigDefinition(
            name: "index.interval.bytes", kind: .int, initial: "4096", bound: .atLeast(0), brokerName: "log.index.interval.bytes"),
        ConfigDefinition(name: "leader.replication.throttled.replicas", kind: .list, initial: "", bound: .throttledReplicas),
        ConfigDefinition(
            name: "local.retention.bytes", kind: .long, initial: "-2", bound: .atLeast(-2), brokerName: "log.local.retention.bytes"),
        ConfigDefinition(
            name: "local.retention.ms", kind: .long, initial: "-2", bound: .atLeast(-2), brokerName: "log.local.retention.ms"),
        ConfigDefinition(
            name: "max.compaction.lag.ms", kind: .long, initial: "9223372036854775807", bound: .atLeast(1),
            brokerName: "log.cleaner.max.compaction.lag.ms"),
        ConfigDefinition(
            name: "max.message.bytes", kind: .int, initial: "1048588", bound: .atLeast(0), brokerName: "message.max.bytes"),
        ConfigDefinition(
            name: "message.timestamp.after.max.ms", kind: .long, initial: "3600000", bound: .atLeast(0),
            brokerName: "log.message.timestamp.after.max.ms"),
        ConfigDefinition(
            name: "message.timestamp.before.max.ms", kind: .long, initial: "9223372036854775807", bound: .atLeast(0),
            brokerName: "log.message.timestamp.before.max.ms"),
        ConfigDefinition(
            name: "message.timestamp.type", kind: .string, initial: "CreateTime", bound: .oneOf(["CreateTime", "LogAppendTime"]),
            brokerName: "log.message.timestamp.type"),
        ConfigDefinition(
            name: "min.cleanable.dirty.ratio", kind: .double, initial: "0.5", bound: .between(0, 1),
            brokerName: "log.cleaner.min.cleanable.ratio"),
        ConfigDefinition(
            name: "min.compaction.lag.ms", kind: .long, initial: "0", bound: .atLeast(0),
            brokerName: "log.cleaner.min.compaction.lag.ms"),
        ConfigDefinition(
            name: "min.insync.replicas", kind: .int, initial: "1", bound: .atLeast(1), brokerName: "min.insync.replicas"),
        ConfigDefinition(name: "preallocate", kind: .boolean, initial: "false", brokerName: "log.preallocate"),
        ConfigDefinition(name: "remote.log.copy.disable", kind: .boolean, initial: "false"),
        ConfigDefinition(name: "remote.log.delete.on.disable", kind: .boolean, initial: "false"),
        ConfigDefinition(name: "remote.storage.enable", kind: .boolean, initial: "false"),
        ConfigDefinition(name: "retention.bytes", kind: .long, initial: "-1", brokerName: "log.retention.bytes"),
        ConfigDefinition(
            name: "retention.ms", kind: .long, initial: "604800000", bound: .atLeast(-1), brokerName: "log.retention.ms"),
        ConfigDefinition(
            name: "segment.bytes", kind: .int, initial: "1073741824", bound: .atLeast(1_048_576), brokerName: "log.segment.bytes"),
        ConfigDefinition(
            name: "segment.index.bytes", kind: .int, initial: "10485760", bound: .atLeast(4), brokerName: "log.index.size.max.bytes"),
        ConfigDefinition(name: "segment.jitter.ms", kind: .long, initial: "0", bound: .atLeast(0), brokerName: "log.roll.jitter.ms"),
        ConfigDefinition(name: "segment.ms", kind: .long, initial: "604800000", bound: .atLeast(1), brokerName: "log.roll.ms"),
        ConfigDefinition(
            name: "unclean.leader.election.enable", kind: .boolean, initial: "false", brokerName: "unclean.leader.election.enable"),
    ])
}

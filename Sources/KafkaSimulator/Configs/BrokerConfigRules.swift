import Bytes
import KafkaProtocol

/// What a broker refuses of its own dynamic configs. One that it does not know it takes, and never shows.
struct BrokerConfigRules {
    private let store: ConfigStore
    private let broker: Int32
    private let hasEligibleLeaders: Bool

    /// Configs that hold for one broker alone, never for all.
    private static let perBrokerOnly: Set<ByteString> = [
        "listeners", "listener.security.protocol.map", "principal.builder.class", "sasl.enabled.mechanisms", "sasl.jaas.config",
    ]

    /// Pools of threads that may at most double and at most halve in one step.
    private static let pools: [ByteString] = [
        "num.io.threads", "num.network.threads", "num.replica.fetchers", "num.recovery.threads.per.data.dir", "background.threads",
        "remote.log.reader.threads", "log.cleaner.threads", "remote.log.manager.copier.thread.pool.size",
        "remote.log.manager.expiration.thread.pool.size",
    ]

    /// The least that a number may be, of configs that no topic inherits.
    private static let least: [ByteString: Int64] = [
        "background.threads": 1, "num.io.threads": 1, "num.network.threads": 1, "num.recovery.threads.per.data.dir": 1,
        "log.cleaner.threads": 0, "log.cleaner.backoff.ms": 0, "log.cleaner.io.buffer.size": 0, "max.connections": 0,
        "max.connections.per.ip": 0, "max.connection.creation.rate": 0, "message.max.bytes": 0, "producer.id.expiration.ms": 1,
        "remote.fetch.max.wait.ms": 1, "remote.log.index.file.cache.total.size.bytes": 1,
        "remote.log.manager.copy.max.bytes.per.second": 1, "leader.replication.throttled.rate": 0,
        "follower.replication.throttled.rate": 0, "replica.alter.log.dirs.io.max.bytes.per.second": 0,
    ]

    init(_ store: ConfigStore, hasEligibleLeaders: Bool, broker: Int32) {
        self.store = store
        self.broker = broker
        self.hasEligibleLeaders = hasEligibleLeaders
    }

    func check(
        from before: [ByteString: ByteString], to after: [ByteString: ByteString], isClusterDefault: Bool
    ) throws(ConfigRefusal) {
        let minimumInSync: ByteString = "min.insync.replicas"
        if hasEligibleLeaders, before[minimumInSync] != after[minimumInSync] {
            if !isClusterDefault {
                throw ConfigRefusal(
                    .invalidConfig,
                    "Broker-level min.insync.replicas cannot be altered while ELR is enabled.")
            }
            if after[minimumInSync] == nil {
                throw ConfigRefusal(
                    .invalidConfig, "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.")
            }
        }
        for (name, value) in after.sorted(by: { $0.key < $1.key }) where before[name] != value {
            guard let definition = ConfigTable.broker[name] else { continue }
            if definition.isReadOnly { throw ConfigRefusal(.invalidRequest, "Cannot update these configs dynamically: Set(\(name))") }
            if name.hasPrefix("ssl.") {
                throw ConfigRefusal(
                    .invalidRequest,
                    "These security configs can be dynamically updated only per-listener using the listener prefix: HashSet(\(name))")
            }
            if isClusterDefault, Self.perBrokerOnly.contains(name) {
                throw ConfigRefusal(
                    .invalidRequest,
                    "Cannot update these configs at default cluster level, broker id must be specified: Set(\(name))")
            }
            if let flaw = definition.flaw(in: value) { throw ConfigRefusal(.invalidRequest, flaw) }
            if let number = Int64(value.description.trimming()) {
                if let least = Self.least[name], number < least {
                    throw ConfigRefusal(
                        .invalidRequest, "Invalid value \(value) for configuration \(name): Value must be at least \(least)")
                }
                // The listener itself refuses what the config's own bound lets through.
                if number == 0, name == "max.connections" || name == "max.connection.creation.rate" {
                    throw invalid("Invalid \(name) \(value)")
                }
            }
            if name != "log.retention.ms", let topicTwin = ConfigTable.topic.all.first(where: { $0.brokerName == name }),
                let flaw = topicTwin.flaw(in: value)
            {
                throw ConfigRefusal(.invalidRequest, flaw.replacing("configuration \(topicTwin.name)", with: "configuration \(name)"))
            }
        }
        for pool in Self.pools where before[pool] != after[pool] {
            guard let text = after[pool], let wanted = Int(text.description.trimming()), let current = store.number(pool, broker: broker)
            else { continue }
            if pool == "log.cleaner.threads" {
                try checkCleaner(wanted, current: current)
            } else {
                try checkPool(pool, wanted, current: current)
            }
        }
    }

    /// The log cleaner has the same rule in other words.
    private func checkCleaner(_ wanted: Int, current: Int) throws(ConfigRefusal) {
        if wanted < 1 { throw invalid("Log cleaner threads should be at least 1") }
        if wanted < current / 2 {
            throw invalid("Log cleaner threads cannot be reduced to less than half the current value \(current)")
        }
        if wanted > current * 2 {
            throw invalid("Log cleaner threads cannot be increased to more than double the current value \(current)")
        }
    }

    private func checkPool(_ pool: ByteString, _ wanted: Int, current: Int) throws(ConfigRefusal) {
        let prefix = "Dynamic thread count update validation failed for \(pool)=\(wanted), "
        if wanted < 1 { throw invalid(prefix + "value should be at least 1") }
        if wanted < current / 2 { throw invalid(prefix + "value should be at least half the current value \(current)") }
        if wanted > current * 2 { throw invalid(prefix + "value should not be greater than double the current value \(current)") }
    }

    /// The words in which a broker wraps what its own validation threw.
    private func invalid(_ why: String) -> ConfigRefusal {
        ConfigRefusal(
            .invalidRequest,
            "Invalid value org.apache.kafka.common.config.ConfigException: \(why) for configuration Invalid dynamic configuration")
    }
}

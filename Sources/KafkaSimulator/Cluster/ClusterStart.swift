import Bytes
import KafkaProtocol
import Seams

extension ClusterState {
    /// A cluster as its configuration describes it; the brokers' ports are learnt when they listen.
    init(_ configuration: SimulatorConfiguration, chance: any ChanceSource) {
        let brokers = configuration.brokerIDs.map { id in
            Broker(
                id: id, host: ByteString(configuration.advertisedHost), port: 0, rack: configuration.racks[id].map { ByteString($0) },
                isAlive: false)
        }
        self.init(
            clusterID: ByteString(configuration.clusterID ?? KafkaUUID.drawn(chance).description), release: configuration.release,
            topicVisibilityDelay: configuration.topicVisibilityDelay, brokers: brokers)
        logDeletionDelay = configuration.logDeletionDelay
        withheldCalls = configuration.withheldCalls
        coordinatorLoading.duration = configuration.coordinatorLoading
        transactionLoading.duration = configuration.coordinatorLoading
        reassignments.duration = configuration.reassignmentDuration
        altersShareGroupOffsets = configuration.altersShareGroupOffsets
        for index in features.indices {
            if let level = configuration.features["\(features[index].name)"] { features[index].level = level }
        }
        credentials = Credentials(configuration, chance: chance)
        authorizer = configuration.authorizer.map { authorizer in
            Authorizer(
                superUsers: Set(authorizer.superUsers.map { ByteString($0) }), allowsEveryoneWithoutAcl: authorizer.allowsEveryoneWithoutAcl
            )
        }
        for broker in self.brokers {
            directoryIDs[broker.id] = KafkaUUID.drawn(chance)
            setStaticConfigs(of: broker, configuration)
        }
        if hasEligibleLeaders { fixMinimumInSync() }
        guard let first = self.brokers.first else { return }
        groups.limits = GroupLimits(configs, broker: first.id)
        quotaUsage = QuotaUsage(configs, broker: first.id)
        if let longest = configs.number("transaction.max.timeout.ms", broker: first.id) {
            transactions.longestTimeout = .milliseconds(longest)
        }
    }

    /// What stands in a broker's own file: enough to start, and what the configuration adds.
    private mutating func setStaticConfigs(of broker: Broker, _ configuration: SimulatorConfiguration) {
        let replicas = ByteString("\(min(3, brokers.count))")
        let listener =
            switch (credentials, configuration.tls) {
            case (nil, nil): "PLAINTEXT"
            case (nil, .some): "SSL"
            case (.some, nil): "SASL_PLAINTEXT"
            case (.some, .some): "SASL_SSL"
            }
        var settings: [ByteString: ByteString] = [
            "broker.id": ByteString("\(broker.id)"),
            "node.id": ByteString("\(broker.id)"),
            "process.roles": "broker,controller",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": ByteString(listener),
            "listener.security.protocol.map": ByteString("CONTROLLER:PLAINTEXT,\(listener):\(listener)"),
            "log.dirs": Self.logDirectory(of: broker.id),
            "default.replication.factor": replicas,
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.replication.factor": replicas,
            "group.initial.rebalance.delay.ms": "0",
        ]
        if let rack = broker.rack { settings["broker.rack"] = rack }
        if let credentials {
            settings["sasl.enabled.mechanisms"] = ByteString(credentials.mechanisms.map(\.rawValue).joined(separator: ","))
        }
        if let authorizer = configuration.authorizer {
            settings["authorizer.class.name"] = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
            settings["super.users"] = ByteString(authorizer.superUsers.joined(separator: ";"))
            settings["allow.everyone.if.no.acl.found"] = authorizer.allowsEveryoneWithoutAcl ? "true" : "false"
        }
        for (name, value) in configuration.brokerProperties { settings[ByteString(name)] = ByteString(value) }
        configs.staticBrokers[broker.id] = settings
    }

    /// The folder that DescribeLogDirs names; nothing is ever written there.
    static func logDirectory(of broker: Int32) -> ByteString { ByteString("/var/lib/kafka/node\(broker)/data") }

    mutating func setPort(_ port: Int32, of id: Int32) {
        guard let index = brokers.firstIndex(where: { $0.id == id }) else { return }
        brokers[index].port = port
        let protocolName = configs.staticBrokers[id]?["inter.broker.listener.name"] ?? "PLAINTEXT"
        let address = ByteString("\(protocolName)://\(brokers[index].host):\(port)")
        configs.staticBrokers[id]?["listeners"] = address
        configs.staticBrokers[id]?["advertised.listeners"] = address
    }
}

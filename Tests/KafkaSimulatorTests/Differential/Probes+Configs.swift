import Bytes
import KafkaProtocol

extension Probe {
    static let configs: [Probe] = ofNewTopics + ofTopics + ofBrokers + ofLoggers + ofOthers

    /// Validated only.
    private static let ofNewTopics: [Probe] =
        ([
            ("cleanup.policy", ""), ("cleanup.policy", "foo"), ("cleanup.policy", "compact,compact"), ("cleanup.policy", "delete, compact"),
            ("cleanup.policy", "none"), ("min.insync.replicas", "0"), ("min.insync.replicas", "99"), ("segment.bytes", "100"),
            ("segment.bytes", "1048576"), ("compression.type", "brotli"), ("retention.bytes", "-2"), ("retention.ms", "-5"),
            ("retention.ms", "5.0"),
            ("retention.ms", "9223372036854775808"), ("retention.ms", "0x10"), ("retention.ms", "+5"), ("max.message.bytes", "-1"),
            ("max.message.bytes", "2147483648"), ("message.timestamp.type", "x"), ("unclean.leader.election.enable", "yes"),
            ("local.retention.ms", "5"), ("local.retention.ms", "-5"), ("local.retention.bytes", "99999999999999999999"),
            ("remote.storage.enable", "true"), ("remote.storage.enable", "false"), ("compression.gzip.level", "99"),
            ("compression.lz4.level", "0"), ("compression.zstd.level", "-999999"), ("leader.replication.throttled.replicas", "x"),
            ("follower.replication.throttled.replicas", "*"), ("flush.ms", "-1"), ("min.cleanable.dirty.ratio", "1.5"),
            ("min.cleanable.dirty.ratio", "NaN"), ("preallocate", "TRUE"), ("message.format.version", "2.0"),
            ("index.interval.bytes", "-1"),
            ("min.compaction.lag.ms", "99999999999"), ("max.compaction.lag.ms", "0"), ("max.compaction.lag.ms", "1"),
            ("delete.retention.ms", " 5 "), ("file.delete.delay.ms", "-1"), ("segment.ms", "0"), ("segment.jitter.ms", "-1"),
            ("segment.index.bytes", "3"), ("flush.messages", "0"), ("message.timestamp.before.max.ms", "-1"),
            ("message.timestamp.difference.max.ms", "1"), ("message.downconversion.enable", "true"), ("remote.log.copy.disable", "true"),
            ("remote.log.delete.on.disable", "true"), ("confluent.tier.enable", "true"), ("", "x"), ("no.such", "x"),
        ] as [(ByteString, ByteString)]).map { name, value in
            Probe("\(name)=\(value)", v: 4, { $0.newTopic(name, value) })
        }

    private static let ofTopics: [Probe] = [
        Probe("of no topic", v: 0, { $0.alter(2, $0.missing, "retention.ms", "1") }),
        Probe("of a topic that may not be", v: 0, { $0.alter(2, "a/b", "retention.ms", "1") }),
        Probe("appended to what is no list", v: 0, { $0.alter(2, $0.topic, "retention.ms", "1", by: 2) }),
        Probe("an operation that is not there", v: 0, { $0.alter(2, $0.topic, "retention.ms", "1", by: 9) }),
        Probe("an unknown key", v: 0, { $0.alter(2, $0.topic, "no.such", "1") }),
        Probe("no number", v: 0, { $0.alter(2, $0.topic, "retention.ms", "x") }),
        Probe("no value", v: 0, { $0.alter(2, $0.topic, "retention.ms", nil) }),
        Probe("what is not set, deleted", v: 0, { $0.alter(2, $0.topic, "segment.ms", nil, by: 1) }),
        Probe("what is not there, subtracted", v: 0, { $0.alter(2, $0.topic, "cleanup.policy", "compact", by: 3) }),
        Probe("all there is, subtracted", v: 0, { $0.alter(2, $0.topic, "cleanup.policy", "delete", by: 3) }),
        Probe("what is there, appended", v: 0, { $0.alter(2, $0.topic, "cleanup.policy", "delete", by: 2) }),
        Probe(
            "one key twice", v: 0,
            { make($0.alter(2, $0.topic, "retention.ms", "1")) { $0.resources[0].configs += $0.resources[0].configs } }),
        Probe("one topic twice", v: 0, { make($0.alter(2, $0.topic, "retention.ms", "1")) { $0.resources += $0.resources } }),
    ]

    private static let ofBrokers: [Probe] =
        ([
            ("max.connections", "-1"), ("max.connections", "0"), ("max.connections.per.ip", "-1"), ("max.connection.creation.rate", "0"),
            ("max.connection.creation.rate", "-1"), ("log.cleaner.threads", "-1"),
            ("log.cleaner.threads", "x"),
            ("background.threads", "0"), ("num.io.threads", "0"), ("num.network.threads", "0"),
            ("num.replica.fetchers", "-1"), ("num.recovery.threads.per.data.dir", "0"), ("log.cleaner.io.buffer.size", "-1"),
            ("log.cleaner.io.max.bytes.per.second", "-1"), ("log.cleaner.backoff.ms", "-1"), ("message.max.bytes", "-1"),
            ("producer.id.expiration.ms", "0"), ("transaction.partition.verification.enable", "x"), ("log.retention.bytes", "-5"),
            ("log.cleaner.io.buffer.load.factor", "-1"), ("remote.log.manager.copy.max.bytes.per.second", "0"),
            ("remote.log.index.file.cache.total.size.bytes", "-1"), ("remote.fetch.max.wait.ms", "0"), ("log.dirs", "x"),
            ("ssl.keystore.password", "x"), ("min.insync.replicas", "1"), ("process.roles", "broker"), ("compression.type", "foo"),
        ] as [(ByteString, ByteString)]).map { name, value in
            Probe("\(name)=\(value) of a broker", v: 0, { $0.alter(4, $0.leaderName, name, value) })
        } + [
            Probe("of a broker that is not asked", v: 0, { $0.alter(4, "99", "log.cleaner.threads", "1") }),
            Probe("of a broker without a number", v: 0, { $0.alter(4, "abc", "log.cleaner.threads", "1") }),
            Probe("listeners of all brokers", v: 0, { $0.alter(4, "", "listeners", "x") }),
            Probe("min.insync.replicas of no broker", v: 0, { $0.alter(4, "", "min.insync.replicas", nil, by: 1) }),
        ]

    private static let ofLoggers: [Probe] = [
        Probe("a level appended", v: 0, { $0.alter(8, $0.leaderName, "root", "INFO", by: 2) }),
        Probe("a level subtracted", v: 0, { $0.alter(8, $0.leaderName, "root", "INFO", by: 3) }),
        Probe("a level appended to no logger", v: 0, { $0.alter(8, $0.leaderName, "no.such", "INFO", by: 2) }),
        Probe("no level", v: 0, { $0.alter(8, $0.leaderName, "root", nil) }),
        Probe("the root's level deleted", v: 0, { $0.alter(8, $0.leaderName, "root", nil, by: 1) }),
        Probe("a level of no logger", v: 0, { $0.alter(8, $0.leaderName, "no.such", "INFO") }),
        Probe("a level of a broker without a number", v: 0, { $0.alter(8, "abc", "root", "INFO") }),
    ]

    private static let ofOthers: [Probe] = [
        Probe("of no kind", v: 0, { $0.alter(0, "x", "y", "1") }),
        Probe("an interval too short", v: 0, { $0.alter(16, "cm", "interval.ms", "1") }),
        Probe("an unknown key of client metrics", v: 0, { $0.alter(16, "cm", "foo", "1") }),
        Probe("a session too short for a group", v: 0, { $0.alter(32, "g", "consumer.session.timeout.ms", "1") }),
        Probe("an unknown key of a group", v: 0, { $0.alter(32, "g", "foo", "1") }),
        Probe("a word too many of a group", v: 0, { $0.alter(32, "g", "share.auto.offset.reset", "foo") }),
        Probe("of the nameless group", v: 0, { $0.alter(32, "", "consumer.session.timeout.ms", "45000") }),
    ]
}

extension ProbedCluster {
    func newTopic(_ name: ByteString, _ value: ByteString) -> CreateTopicsRequest {
        make { request in
            request.validateOnly = true
            request.topics = [
                make {
                    $0.name = missing
                    ($0.numPartitions, $0.replicationFactor) = (1, 1)
                    $0.configs = [make { ($0.name, $0.value) = (name, value) }]
                }
            ]
        }
    }

    func alter(
        _ type: Int8, _ resource: ByteString, _ key: ByteString, _ value: ByteString?, by operation: Int8 = 0
    ) -> IncrementalAlterConfigsRequest {
        make { request in
            request.validateOnly = true
            request.resources = [
                make {
                    ($0.resourceType, $0.resourceName) = (type, resource)
                    $0.configs = [make { ($0.name, $0.configOperation, $0.value) = (key, operation, value) }]
                }
            ]
        }
    }
}

import Bytes
import KafkaProtocol
import Seams

/// What a group needs to know of one call beside its request: who asks, when, and where the answer goes.
struct GroupCall: Sendable {
    /// Where an answer that is not given at once goes later.
    var token: CallToken
    /// The negotiated version: some answers depend on it.
    var version: Int16
    /// Uptime, for time-outs.
    var now: Duration
    /// The wall clock, for commit timestamps.
    var clock: Timestamp
    var clientID: ByteString
    /// As Kafka prints an address: `/127.0.0.1`.
    var clientHost: ByteString

    init(
        token: CallToken, version: Int16, now: Duration, clock: Timestamp = Timestamp(milliseconds: 0), clientID: ByteString = "",
        clientHost: ByteString = "/127.0.0.1"
    ) {
        self.token = token
        self.version = version
        self.now = now
        self.clock = clock
        self.clientID = clientID
        self.clientHost = clientHost
    }
}

/// An answer that is due now, to this call or to an earlier one that waited.
struct GroupAction: Equatable, Sendable {
    var token: CallToken
    var answer: Answer

    enum Answer: Equatable, Sendable {
        case join(JoinGroupResponse)
        case sync(SyncGroupResponse)
    }
}

/// The broker's limits, with the names of Kafka's own settings.
struct GroupLimits: Sendable {
    /// `group.min.session.timeout.ms`, `group.max.session.timeout.ms`.
    var sessionTimeout: ClosedRange<Duration> = .seconds(6) ... .seconds(1800)
    /// `group.initial.rebalance.delay.ms`: how long an empty group waits for more members. Zero in the settings file that
    /// Kafka ships, so that a first join is answered at once.
    var initialRebalanceDelay: Duration = .zero
    /// `offset.metadata.max.bytes`.
    var metadataBytes = 4096
    /// `offsets.topic` records of one commit make one batch, at most `max.message.bytes` of the offsets topic.
    var commitBytes = 1_048_576
    /// `offsets.retention.minutes`.
    var offsetsRetention: Duration = .seconds(7 * 24 * 3600)
    /// `offsets.retention.check.interval.ms`.
    var retentionCheck: Duration = .seconds(600)
    /// `group.consumer.session.timeout.ms`, of the newer protocol.
    var consumerSessionTimeout: Duration = .seconds(45)
    /// `group.consumer.heartbeat.interval.ms`, of the newer protocol.
    var consumerHeartbeatInterval: Duration = .seconds(5)
    /// `group.share.session.timeout.ms` and `group.share.heartbeat.interval.ms`.
    var shareSessionTimeout: Duration = .seconds(45)
    var shareHeartbeatInterval: Duration = .seconds(5)
    /// How many members a group may have: `group.max.size`, `group.consumer.max.size`, `group.share.max.size`.
    var groupSize = Int(Int32.max)
    var consumerGroupSize = Int(Int32.max)
    var shareGroupSize = 200

    init() {}

    /// As a broker's settings have them.
    init(_ configs: ConfigStore, broker: Int32) {
        func milliseconds(_ name: ByteString, _ initial: Duration) -> Duration {
            configs.number(name, broker: broker).map { .milliseconds($0) } ?? initial
        }
        let shortest = milliseconds("group.min.session.timeout.ms", sessionTimeout.lowerBound)
        sessionTimeout = shortest...max(shortest, milliseconds("group.max.session.timeout.ms", sessionTimeout.upperBound))
        initialRebalanceDelay = milliseconds("group.initial.rebalance.delay.ms", initialRebalanceDelay)
        metadataBytes = configs.number("offset.metadata.max.bytes", broker: broker) ?? metadataBytes
        offsetsRetention = configs.number("offsets.retention.minutes", broker: broker).map { .seconds($0 * 60) } ?? offsetsRetention
        retentionCheck = milliseconds("offsets.retention.check.interval.ms", retentionCheck)
        consumerSessionTimeout = milliseconds("group.consumer.session.timeout.ms", consumerSessionTimeout)
        consumerHeartbeatInterval = milliseconds("group.consumer.heartbeat.interval.ms", consumerHeartbeatInterval)
        shareSessionTimeout = milliseconds("group.share.session.timeout.ms", shareSessionTimeout)
        shareHeartbeatInterval = milliseconds("group.share.heartbeat.interval.ms", shareHeartbeatInterval)
        groupSize = configs.number("group.max.size", broker: broker) ?? groupSize
        consumerGroupSize = configs.number("group.consumer.max.size", broker: broker) ?? consumerGroupSize
        shareGroupSize = configs.number("group.share.max.size", broker: broker) ?? shareGroupSize
    }

    /// The same where the group has configs of its own.
    func overridden(by configs: [ByteString: ByteString]) -> GroupLimits {
        var limits = self
        func set(_ name: ByteString, _ path: WritableKeyPath<GroupLimits, Duration>) {
            if let value = configs[name].flatMap({ Int64($0.description) }) { limits[keyPath: path] = .milliseconds(value) }
        }
        set("consumer.session.timeout.ms", \.consumerSessionTimeout)
        set("consumer.heartbeat.interval.ms", \.consumerHeartbeatInterval)
        set("share.session.timeout.ms", \.shareSessionTimeout)
        set("share.heartbeat.interval.ms", \.shareHeartbeatInterval)
        return limits
    }
}

import Bytes
import KafkaProtocol
import Seams

/// What every share group has under way, partition by partition.
struct SharedDeliveries: Sendable {
    struct Key: Hashable, Sendable {
        var group: ByteString
        var partition: SharedPartition
    }

    fileprivate(set) var partitions: [Key: SharePartition] = [:]

    mutating func forget(group: ByteString) { partitions = partitions.filter { $0.key.group != group } }
    mutating func forget(group: ByteString, topic: KafkaUUID) {
        partitions = partitions.filter { $0.key.group != group || $0.key.partition.topic != topic }
    }
    mutating func forget(topic: KafkaUUID) { partitions = partitions.filter { $0.key.partition.topic != topic } }
}

extension ClusterState {
    func shareLimits(of group: ByteString, broker: Int32) -> SharePartition.Limits {
        var limits = SharePartition.Limits()
        if let count = configs.number("group.share.delivery.count.limit", broker: broker) { limits.deliveries = Int16(clamping: count) }
        let own = configs.groups[group]?["share.record.lock.duration.ms"].flatMap { Int($0.description) }
        if let hold = own ?? configs.number("group.share.record.lock.duration.ms", broker: broker) { limits.hold = .milliseconds(hold) }
        if let records = configs.number("group.share.partition.max.record.locks", broker: broker) { limits.records = records }
        return limits
    }

    /// Does something with what a group has under way on a partition that the asked broker leads, after all that time and others did to it.
    mutating func withDeliveries<Result>(
        of group: ByteString, _ topic: Topic, _ partition: Partition, _ context: CallContext,
        _ body: (inout SharePartition, SharePartition.Limits) throws(ShareRefusal) -> Result
    ) throws(ShareRefusal) -> Result {
        let key = SharedDeliveries.Key(group: group, partition: SharedPartition(topic: topic.id, partition: partition.index))
        let limits = shareLimits(of: group, broker: context.broker)
        let kept = groups.share(group)?.startOffsets[topic.id]?[partition.index]
        var deliveries: SharePartition
        // Where somebody has set another start, what was under way counts no more.
        if let known = sharedDeliveries.partitions[key], kept.map({ $0 < 0 || $0 == known.startOffset }) ?? true {
            deliveries = known
        } else {
            let start = kept.flatMap { $0 >= 0 ? $0 : nil } ?? shareStart(of: group, partition.log, now: context.now)
            deliveries = SharePartition(startOffset: start, leaderEpoch: partition.leaderEpoch)
        }
        deliveries.led(inEpoch: partition.leaderEpoch)
        deliveries.logStarts(at: partition.log.startOffset)
        deliveries.expire(at: context.uptime, limits)
        defer {
            sharedDeliveries.partitions[key] = deliveries
            groups.shareStartMoved(group, topic.id, partition.index, to: deliveries.startOffset)
        }
        return try body(&deliveries, limits)
    }

    /// Where a group begins that has no start offset yet (`share.auto.offset.reset`).
    private func shareStart(of group: ByteString, _ log: PartitionLog, now: Timestamp) -> Int64 {
        let reset = configs.groups[group]?["share.auto.offset.reset"]?.description ?? "latest"
        if reset == "earliest" { return log.startOffset }
        guard let age = reset.split(separator: ":").dropFirst().first.flatMap({ Duration(iso8601: $0) }) else { return log.highWatermark }
        return log.firstRecord(notBefore: now.advanced(by: .zero - age).milliseconds)?.offset ?? log.highWatermark
    }

    /// What was held for too long is handed out again, to whoever waits.
    mutating func expireDeliveries(at uptime: Duration) {
        var hasChanged = false
        for (key, deliveries) in sharedDeliveries.partitions where deliveries.nextDeadline.map({ $0 <= uptime }) ?? false {
            let leader = topic(key.partition.topic)?.partitions[Int(key.partition.partition)].leader ?? controller
            let limits = shareLimits(of: key.group, broker: leader)
            sharedDeliveries.partitions[key]?.expire(at: uptime, limits)
            let start = sharedDeliveries.partitions[key]?.startOffset ?? 0
            groups.shareStartMoved(key.group, key.partition.topic, key.partition.partition, to: start)
            hasChanged = true
        }
        if hasChanged { recheckShareFetches() }
    }

    /// Ends a member's session on a broker: what it held there is free for others.
    mutating func endShareSession(_ key: ShareSessions.Key) {
        let limits = shareLimits(of: key.group, broker: key.broker)
        for partition in shareSessions.end(key) {
            let place = SharedDeliveries.Key(group: key.group, partition: partition)
            sharedDeliveries.partitions[place]?.release(key.member, limits)
            if let start = sharedDeliveries.partitions[place]?.startOffset {
                groups.shareStartMoved(key.group, partition.topic, partition.partition, to: start)
            }
        }
        recheckShareFetches()
    }

    /// A connection is gone, and with it the sessions that began on it.
    mutating func endShareSessions(on connection: ConnectionID) {
        for key in shareSessions.keys(on: connection) { endShareSession(key) }
    }
}

extension GroupCoordinator {
    /// Where delivery starts has moved; a partition whose state was never made, or a group that is not there, keeps none.
    mutating func shareStartMoved(_ id: ByteString, _ topic: KafkaUUID, _ partition: Int32, to offset: Int64) {
        guard var group = share(id), let kept = group.startOffsets[topic]?[partition], kept != offset else { return }
        group.startOffsets[topic]?[partition] = offset
        store(group)
    }
}

extension Duration {
    /// Days to seconds of ISO 8601: `P1DT2H3M4.5S`.
    fileprivate init?(iso8601 text: Substring) {
        guard let match = text.wholeMatch(of: /P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?/) else { return nil }
        let days = match.1.flatMap { Double($0) } ?? 0
        let hours = match.2.flatMap { Double($0) } ?? 0
        let minutes = match.3.flatMap { Double($0) } ?? 0
        let seconds = match.4.flatMap { Double($0) } ?? 0
        self = .seconds(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    }
}

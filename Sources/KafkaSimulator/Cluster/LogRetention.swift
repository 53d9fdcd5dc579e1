import Bytes
import Seams

/// How long a topic keeps its records: `retention.ms` and `retention.bytes`, −1 for ever, and where a broker would begin a new file.
struct LogRetention: Equatable, Sendable {
    var milliseconds: Int64
    var bytes: Int64
    /// `segment.bytes`.
    var segmentBytes: Int64
    /// `segment.ms`, by the records' timestamps.
    var segmentMilliseconds: Int64

    /// Nil where the topic's `cleanup.policy` is without `delete`.
    init?(_ topic: Topic, _ configs: ConfigStore, broker: Int32) {
        func value(_ name: ByteString) -> ByteString? { configs.effective(name, of: topic.configs, broker: broker) }
        func number(_ name: ByteString, else fallback: Int64) -> Int64 { value(name).flatMap { Int64($0.description) } ?? fallback }
        guard ConfigDefinition.items(value("cleanup.policy") ?? "delete").contains("delete") else { return nil }
        milliseconds = number("retention.ms", else: -1)
        bytes = number("retention.bytes", else: -1)
        segmentBytes = number("segment.bytes", else: .max)
        segmentMilliseconds = number("segment.ms", else: .max)
    }
}

extension PartitionLog {
    /// What a broker would keep in a file of its own: nothing is deleted but whole ones.
    private struct Segment {
        /// The timestamp that it began with.
        var firstTimestamp: Int64
        /// Behind the last record.
        var end: Int64
        var bytes: Int64
        var greatestTimestamp: Int64
    }

    private func segments(_ rules: LogRetention) -> [Segment] {
        var segments: [Segment] = []
        for batch in batches {
            let bytes = Int64(batch.bytes.count)
            if let last = segments.last, last.bytes <= rules.segmentBytes - bytes,
                batch.maxTimestamp.subtractingReportingOverflow(last.firstTimestamp).partialValue <= rules.segmentMilliseconds
            {
                segments[segments.count - 1].end = batch.lastOffset + 1
                segments[segments.count - 1].bytes += bytes
                segments[segments.count - 1].greatestTimestamp = max(last.greatestTimestamp, batch.maxTimestamp)
            } else {
                segments.append(
                    Segment(
                        firstTimestamp: batch.maxTimestamp, end: batch.lastOffset + 1, bytes: bytes, greatestTimestamp: batch.maxTimestamp))
            }
        }
        return segments
    }

    /// Where the log starts once what has outlived its retention is gone: the oldest files for as long as `retention.bytes` are
    /// exceeded without them, then those whose newest record is older than `retention.ms`. Old timestamps count from the first look on.
    func start(keeping rules: LogRetention, now: Timestamp) -> Int64 {
        var left = segments(rules)[...]
        var start = startOffset
        var surplus = rules.bytes < 0 ? 0 : size - rules.bytes
        while let oldest = left.first {
            let isTooOld =
                rules.milliseconds >= 0
                && now.milliseconds.subtractingReportingOverflow(oldest.greatestTimestamp).partialValue > rules.milliseconds
            let isTooMuch = rules.bytes >= 0 && surplus >= oldest.bytes
            guard isTooOld || isTooMuch else { break }
            surplus -= oldest.bytes
            start = max(start, oldest.end)
            left = left.dropFirst()
        }
        return start
    }
}

extension ClusterState {
    /// Deletes what has outlived its retention now. Of partitions without a leader nothing goes.
    mutating func cleanUpLogs(now: Timestamp) {
        var hasMoved = false
        for name in topics.keys.sorted() {
            guard let topic = topics[name] else { continue }
            for (index, partition) in topic.partitions.enumerated() where partition.leader >= 0 && !partition.log.batches.isEmpty {
                guard let rules = LogRetention(topic, configs, broker: partition.leader) else { continue }
                let start = partition.log.start(keeping: rules, now: now)
                guard start > partition.log.startOffset else { continue }
                _ = topics[name]?.partitions[index].deleteRecords(before: start)
                hasMoved = true
            }
        }
        if hasMoved { recheckFetches() }
    }

    /// Brokers look half a minute after they started (`log.initial.task.delay.ms`) and every `log.retention.check.interval.ms` from
    /// then on, all of them at once here.
    mutating func tickLogRetention(now: Timestamp, uptime: Duration) {
        guard let first = livingBrokers.first?.id else { return }
        guard let due = nextCleanUp else {
            nextCleanUp = uptime + .milliseconds(configs.number("log.initial.task.delay.ms", broker: first) ?? 30_000)
            return
        }
        guard due <= uptime else { return }
        nextCleanUp = uptime + .milliseconds(configs.number("log.retention.check.interval.ms", broker: first) ?? 300_000)
        cleanUpLogs(now: now)
    }
}

public import Bytes
import KafkaClient
import KafkaProtocol
public import SnapshotModel

/// How much of the cluster this user is shown. Brokers leave out, without an error, what a caller may not see: topics from
/// metadata, groups from their lists, positions on hidden topics from groups. DescribeLogDirs, which needs DESCRIBE on the
/// cluster, lists the partitions of all topics; whoever has that right is also shown every group.
///
/// A broker tells its own disks alone, and a disk that has failed is told by nobody. What lies only there is seen neither in metadata nor
/// elsewhere, if it is hidden; so a broker that was not asked, and a directory that was not read, leave the lists open, except where
/// everything is shown to this user anyhow (``TopicSight``).
public struct Visibility: Sendable {
    /// Topics that brokers hold and metadata leaves out, sorted.
    public var hidden: [ByteString] = []
    /// Topics that were made while this was found out.
    public var fresh: [ByteString] = []
    /// By topic: partitions that brokers hold and metadata leaves out, ascending.
    var uncounted: [ByteString: [Int32]] = [:]
    /// By topic: partitions that were added while this was found out, ascending.
    var grown: [ByteString: [Int32]] = [:]
    /// Brokers that could not be asked and disks that could not be read, where something may be hidden there.
    public var unread: [SectionState.UnreadPart] = []
    /// The same, where nothing is hidden from this user: it takes nothing from what can be put back.
    public var untold: [SectionState.UnreadPart] = []
    /// Brokers that belong to the cluster and did not tell what they hold, by id, and why.
    var unasked: [Int32: String] = [:]
    /// Why the lists may be incomplete; nil where they are known to be complete.
    public var limited: String?

    static func look(_ sweep: Sweep) async throws -> Visibility {
        var visibility = Visibility()
        let directories = try await sweep.client.describeLogDirs()
        let refused = directories.unread.filter { $0.error.code.isNotAuthorized }
        // Services that keep no logs of their own lack the call, and then everybody is in the dark.
        let lacking = directories.unread.filter { $0.error.code == .unsupported }
        guard lacking.isEmpty else {
            visibility.limited = "these brokers do not offer DescribeLogDirs, so nobody can tell what is hidden from this user"
            return visibility
        }
        let failed = directories.unread.filter { !$0.error.code.isNotAuthorized }
        let answers = directories.value.values.flatMap { $0 }
        visibility.unasked = try await unasked(directories, sweep)
        // Before version 3 a refusal is an empty answer.
        if !refused.isEmpty || (failed.isEmpty && answers.isEmpty) {
            visibility.unread = failed.map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) }
            visibility.limited = "without DESCRIBE on the cluster nobody can tell what is hidden from this user"
            return visibility
        }
        var reasons: [String] = []
        let unseen =
            failed.map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) }
            + visibility.unasked.sorted { $0.key < $1.key }.map {
                SectionState.UnreadPart(what: "the log directories of broker \($0.key)", why: $0.value)
            } + directories.failedDirectories
        if !unseen.isEmpty {
            if let doubt = try await TopicSight.doubt(sweep) {
                visibility.unread = unseen
                reasons.append("\(doubt), and not all brokers and disks could be asked what they hold")
            } else {
                visibility.untold = unseen
            }
        }
        let holdings = try await account(for: directories, sweep)
        visibility.fresh = holdings.topics.fresh.sorted()
        visibility.hidden = holdings.topics.hidden.sorted()
        visibility.uncounted = byTopic(holdings.partitions.hidden)
        visibility.grown = byTopic(holdings.partitions.fresh)
        if !visibility.hidden.isEmpty {
            reasons.insert("\(visibility.hidden.count.counted("topic is", "topics are")) hidden from this user", at: 0)
        }
        visibility.limited = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        return visibility
    }

    /// Those of the cluster's brokers that metadata did not name when all were asked for their disks.
    private static func unasked(_ directories: Sharded<[Int32: [LogDir]]>, _ sweep: Sweep) async throws -> [Int32: String] {
        let asked = Set(directories.value.keys).union(directories.unread.compactMap(\.broker))
        var unasked = try await sweep.absentBrokers().reasons
        for broker in try await sweep.describeCluster().brokers where unasked[broker.id] == nil {
            unasked[broker.id] = "it was not among the brokers that are up any more"
        }
        return unasked.filter { !asked.contains($0.key) }
    }

    private static func byTopic(_ partitions: Set<TopicPartition>) -> [ByteString: [Int32]] {
        Dictionary(grouping: partitions, by: \.topic).mapValues { $0.map(\.partition).sorted() }
    }

    /// Brokers take a deleted topic off their disks one after the other, some time after metadata has lost it, and a new one is on disk
    /// before all metadata has it: such are looked for again, for some seconds at most. What is refused by name is hidden at once.
    private static func account(for answers: Sharded<[Int32: [LogDir]]>, _ sweep: Sweep) async throws -> Holdings {
        var holdings = try await Holdings(answers, named: sweep.describeTopics())
        guard !holdings.isSettled else { return holdings }
        holdings.see(try await sweep.describeTopicsAnew())
        if !holdings.topics.open.isEmpty {
            let asked = try await sweep.client.describeTopics(holdings.topics.open.sorted())
            holdings.see(refused: Set(asked.filter { $0.error == .topicAuthorizationFailed }.map(\.name)))
        }
        for pause in pauses where !holdings.isSettled {
            try await sweep.source.time.sleep(for: pause)
            holdings.see(try await sweep.client.describeLogDirs())
            guard !holdings.isSettled else { break }
            holdings.see(try await sweep.describeTopicsAnew())
        }
        return holdings
    }

    private static let pauses: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)]
}

public import Bytes
import KafkaClient
import KafkaProtocol
public import SnapshotModel

/// How much of the cluster this user is shown. Brokers leave out, without an error, what a caller may not see: topics from
/// metadata, groups from their lists, positions on hidden topics from groups. DescribeLogDirs, which needs DESCRIBE on the
/// cluster, lists the partitions of all topics; whoever has that right is also shown every group.
public struct Visibility: Sendable {
    /// Topics that brokers hold and metadata leaves out, sorted.
    public var hidden: [ByteString] = []
    /// Topics that were made while this was found out.
    public var fresh: [ByteString] = []
    /// Brokers that could not be asked.
    public var unread: [SectionState.UnreadPart] = []
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
        visibility.unread = directories.unread.filter { !$0.error.code.isNotAuthorized }
            .map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) }
        let answers = directories.value.values.flatMap { $0 }
        // Before version 3 a refusal is an empty answer.
        if !refused.isEmpty || (visibility.unread.isEmpty && answers.isEmpty) {
            visibility.limited = "without DESCRIBE on the cluster nobody can tell what is hidden from this user"
            return visibility
        }
        let topics = try await account(for: disks(directories), sweep)
        visibility.fresh = topics.fresh.sorted()
        visibility.hidden = topics.hidden.sorted()
        if !topics.hidden.isEmpty { visibility.limited = "\(topics.hidden.count.counted("topic is", "topics are")) hidden from this user" }
        return visibility
    }

    /// Brokers take a deleted topic off their disks one after the other, some time after metadata has lost it, and a new one is on disk
    /// before all metadata has it: such are looked for again, for some seconds at most. What is refused by name is hidden at once.
    private static func account(for disks: UnaccountedTopics.Disks, _ sweep: Sweep) async throws -> UnaccountedTopics {
        var topics = try await UnaccountedTopics(disks, named: Set(sweep.describeTopics().map(\.name)))
        guard !topics.open.isEmpty else { return topics }
        topics.see(named: try await Set(sweep.describeTopicsAnew().map(\.name)))
        guard !topics.open.isEmpty else { return topics }
        let asked = try await sweep.client.describeTopics(topics.open.sorted())
        topics.see(refused: Set(asked.filter { $0.error == .topicAuthorizationFailed }.map(\.name)))
        for pause in pauses where !topics.open.isEmpty {
            try await sweep.source.time.sleep(for: pause)
            topics.see(self.disks(try await sweep.client.describeLogDirs()))
            guard !topics.open.isEmpty else { break }
            topics.see(named: try await Set(sweep.describeTopicsAnew().map(\.name)))
        }
        return topics
    }

    private static let pauses: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)]

    private static func disks(_ answers: Sharded<[Int32: [LogDir]]>) -> UnaccountedTopics.Disks {
        var disks = UnaccountedTopics.Disks(topics: [], directories: [])
        for (broker, directories) in answers.value {
            for directory in directories where !directory.error.isError {
                disks.directories.insert("\(broker) \(directory.path)")
                disks.topics.formUnion(directory.partitions.keys.map(\.topic))
            }
        }
        return disks
    }
}

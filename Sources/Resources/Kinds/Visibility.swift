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
        let named = try await Set(sweep.describeTopics().map(\.name))
        var hidden = Set(answers.filter { !$0.error.isError }.flatMap { $0.partitions.keys.map(\.topic) }).subtracting(named)
        if !hidden.isEmpty {
            // A topic made since the last look is on disk too, but not hidden.
            let fresh = try await hidden.intersection(sweep.describeTopicsAnew().map(\.name))
            visibility.fresh = fresh.sorted()
            hidden.subtract(fresh)
        }
        visibility.hidden = hidden.sorted()
        if !hidden.isEmpty { visibility.limited = "\(hidden.count) topics are hidden from this user" }
        return visibility
    }
}

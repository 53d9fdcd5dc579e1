import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

/// A group's positions as they were read, against those at the end of the sweep: another offset or metadata string, a commit that came, and
/// one that is gone have moved.
struct SecondLook {
    /// Topics on which positions moved.
    private(set) var moved: Set<ByteString> = []
    /// Of which nothing can be said: partitions that were answered with an error.
    private(set) var unread: [SectionState.UnreadPart] = []

    /// - Parameters:
    ///   - before: the group's positions that were read, without such as could not be.
    ///   - unstable: partitions that a transaction held back.
    init(
        of group: ByteString, _ before: [TopicPartition: CommittedOffset], unstable: Set<TopicPartition>,
        later: [TopicPartition: CommittedOffset], without internals: Set<ByteString>
    ) {
        for partition in Set(before.keys).union(later.keys).sorted() where !internals.contains(partition.topic) {
            let (first, second) = (before[partition], later[partition])
            if let second, second.error.isError {
                guard !unstable.contains(partition) else { continue }
                unread.append(
                    SectionState.UnreadPart(
                        what: "a second look at the position of group \(ResourceID(group)) on \(ResourceID(partition.topic)) partition "
                            + "\(partition.partition)", why: "the coordinator answered \(second.error)"))
                continue
            }
            switch (first?.isCommitted == true ? first : nil, second?.isCommitted == true ? second : nil) {
            case (nil, nil): continue
            case (let first?, let second?):
                if first.offset != second.offset || (first.metadata ?? "") != (second.metadata ?? "") { moved.insert(partition.topic) }
            case (nil, _?):
                // One whose first commit was pending is unread already.
                if !unstable.contains(partition) { moved.insert(partition.topic) }
            case (_?, nil): moved.insert(partition.topic)
            }
        }
    }
}

import Bytes
import KafkaClient
import SnapshotModel

/// What the brokers' log directories hold, what of it metadata leaves out, and which directories could not be read.
struct Holdings {
    /// Topics that metadata does not name.
    private(set) var topics: Unaccounted<ByteString>
    /// Partitions of topics that metadata names, beyond those that it lists.
    private(set) var partitions: Unaccounted<TopicPartition>
    private let known: Set<ByteString>

    init(_ answers: Sharded<[Int32: [LogDir]]>, named: [TopicDescription]) {
        known = Set(named.map(\.name))
        topics = Unaccounted(Self.topics(in: answers), named: known)
        partitions = Unaccounted(Self.partitions(in: answers, of: known), named: Self.listed(named))
    }

    var isSettled: Bool { topics.open.isEmpty && partitions.open.isEmpty }

    mutating func see(_ named: [TopicDescription]) {
        topics.see(named: Set(named.map(\.name)))
        partitions.see(named: Self.listed(named))
    }

    mutating func see(refused names: Set<ByteString>) { topics.see(refused: names) }

    mutating func see(_ answers: Sharded<[Int32: [LogDir]]>) {
        topics.see(Self.topics(in: answers))
        partitions.see(Self.partitions(in: answers, of: known))
    }

    private static func listed(_ topics: [TopicDescription]) -> Set<TopicPartition> {
        Set(topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.name, $0.index) } })
    }

    private static func topics(in answers: Sharded<[Int32: [LogDir]]>) -> Unaccounted<ByteString>.Disks {
        let (directories, held) = read(answers)
        return .init(held: Set(held.map(\.topic)), directories: directories)
    }

    private static func partitions(
        in answers: Sharded<[Int32: [LogDir]]>, of topics: Set<ByteString>
    ) -> Unaccounted<TopicPartition>.Disks {
        let (directories, held) = read(answers)
        return .init(held: held.filter { topics.contains($0.topic) }, directories: directories)
    }

    private static func read(_ answers: Sharded<[Int32: [LogDir]]>) -> (directories: Set<String>, held: Set<TopicPartition>) {
        var directories: Set<String> = []
        var held: Set<TopicPartition> = []
        for (broker, answered) in answers.value {
            for directory in answered where !directory.error.isError {
                directories.insert("\(broker) \(directory.path)")
                held.formUnion(directory.partitions.keys)
            }
        }
        return (directories, held)
    }
}

extension Sharded where Value == [Int32: [LogDir]] {
    /// Directories that their broker cannot read itself: what they hold is shown to nobody.
    var failedDirectories: [SectionState.UnreadPart] {
        value.sorted { $0.key < $1.key }.flatMap { broker, directories in
            directories.filter(\.error.isError).map {
                SectionState.UnreadPart(
                    what: "what log directory \(ResourceID($0.path)) of broker \(broker) holds", why: "the broker answered \($0.error)")
            }
        }
    }
}

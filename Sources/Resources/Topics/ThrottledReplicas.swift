import Bytes
import SnapshotModel

/// The topic configs that name replicas whose replication is throttled: `partition:broker,partition:broker,…`, or `*` for all.
///
/// They hold broker ids, which are others on another target. A broker accepts ids that it does not have, and throttles nothing then.
enum ThrottledReplicas {
    static let keys: [ByteString] = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"]

    /// Translates the ids as those of the assignment. What names a broker without counterpart is left out, and so is all of it where the
    /// target chooses the replicas: a throttle belongs to a reassignment that was under way, and that is not restored.
    static func remap(_ topic: inout TopicDocument, _ brokers: [Int32: Int32]) -> [Note] {
        var notes: [Note] = []
        for key in keys {
            guard let value = topic.configs[key], value != "*", !value.isEmpty else { continue }
            let entries = value.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { ByteString(bytes: $0) }
            let kept = topic.assignment == nil ? [] : entries.compactMap { translate($0, brokers) }
            topic.configs[key] = kept.isEmpty ? nil : ByteString(bytes: Array(kept.map(\.bytes).joined(separator: [UInt8(ascii: ",")])))
            guard kept.count < entries.count else { continue }
            notes.append(
                Note(
                    kind: .topics, id: ResourceID(topic.name),
                    text: "\(key) throttles \((entries.count - kept.count).counted("replica")) that the target does not have: left out"))
        }
        return notes
    }

    /// Nil where the entry is none, or its broker has no counterpart.
    private static func translate(_ entry: ByteString, _ brokers: [Int32: Int32]) -> ByteString? {
        let sides = entry.bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard sides.count == 2, let partition = ByteString(bytes: sides[0]).validText.flatMap({ Int32($0) }),
            let broker = ByteString(bytes: sides[1]).validText.flatMap({ Int32($0) }).flatMap({ brokers[$0] })
        else { return nil }
        return ByteString("\(partition):\(broker)")
    }
}

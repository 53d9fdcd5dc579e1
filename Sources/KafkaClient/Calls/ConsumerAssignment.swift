import Bytes

/// The classic consumer protocol's assignment: what a member's opaque bytes say where the group's protocol type is `consumer`.
///
/// Layout, big-endian: version int16, count int32 of topics, each a string (int16 length) and an int32 count of int32
/// partitions, then user data. Kafka's ConsumerProtocolAssignment; later versions add at the end.
enum ConsumerAssignment {
    /// Ascending; nil where the bytes are not such an assignment.
    static func partitions(in bytes: [UInt8]) -> [TopicPartition]? {
        if bytes.isEmpty { return [] }
        var rest = bytes[...]
        func number(_ width: Int) -> Int? {
            guard rest.count >= width else { return nil }
            defer { rest = rest.dropFirst(width) }
            let magnitude = rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
            let limit = 1 << (8 * width - 1)
            return magnitude >= limit ? magnitude - 2 * limit : magnitude
        }
        guard let version = number(2), version >= 0, let topics = number(4), (0...rest.count).contains(topics) else { return nil }
        var found: [TopicPartition] = []
        for _ in 0..<topics {
            guard let length = number(2), (0...rest.count).contains(length) else { return nil }
            let topic = ByteString(bytes: rest.prefix(length))
            rest = rest.dropFirst(length)
            guard let count = number(4), (0...rest.count / 4).contains(count) else { return nil }
            for _ in 0..<count {
                guard let partition = number(4) else { return nil }
                found.append(TopicPartition(topic, Int32(partition)))
            }
        }
        return found.sorted()
    }
}

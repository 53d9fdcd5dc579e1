import Bytes
import KafkaProtocol

/// The metadata that a consumer gives when it joins (`ConsumerProtocolSubscription`): version, topics, and more that matters
/// to its peers alone.
enum Subscription {
    /// The topics, or none where the bytes are not a subscription: a broker does not mind what members tell each other.
    static func topics(in metadata: Blob) -> Set<ByteString> {
        var reader = Reader(metadata.bytes, version: 0, flexible: false)
        guard (try? reader.integer(Int16.self)) != nil, let topics = try? [ByteString].read(from: &reader) else { return [] }
        return Set(topics)
    }
}

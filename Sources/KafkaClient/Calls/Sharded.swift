/// A part of an answer that is missing, and why.
public struct Unread: Sendable, Equatable {
    /// Who was asked, where that is known.
    public var broker: Int32?
    /// What is missing, in words: `the groups of broker 2`.
    public var subject: String
    public var error: KafkaError

    public init(broker: Int32? = nil, subject: String, error: KafkaError) {
        self.broker = broker
        self.subject = subject
        self.error = error
    }
}

/// An answer put together from several brokers' parts. Parts that could not be read are named, never left out silently.
public struct Sharded<Value: Sendable>: Sendable {
    public var value: Value
    public var unread: [Unread]

    public init(_ value: Value, unread: [Unread] = []) {
        self.value = value
        self.unread = unread
    }

    public var isComplete: Bool { unread.isEmpty }
}

extension Sharded: Equatable where Value: Equatable {}

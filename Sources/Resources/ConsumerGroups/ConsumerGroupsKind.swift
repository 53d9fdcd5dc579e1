public import Bytes
public import SnapshotModel

/// Consumer groups of every broker, of the classic and of the newer protocol: the positions that they committed.
public struct ConsumerGroupsKind: Kind {
    public init() {}

    public var name: KindName { .consumerGroups }
    public var stage: Stage { .offsets }

    public var hasParts: Bool { true }
    /// The topic that the positions are on; none of the group itself.
    public func operatorPart(of id: ResourceID) -> ByteString? { id.parts.count == 2 ? id.parts[1] : nil }
}

/// What becomes of one committed position: a row of the table that says beforehand how far consumers jump.
public struct PositionChange: Sendable, Hashable {
    public enum Effect: Sendable, Hashable {
        /// As captured, and the target's log holds it.
        case exact
        /// As captured, by the operator's choice outside of the target's log.
        case outside
        /// Moved into the target's log, from the captured offset.
        case clamped(from: Int64)
        /// The target's group stands further on by this many records: they will be read again.
        case rewinds(Int64)
        /// The target's group stands further back by this many records: they will not be read.
        case skips(Int64)
        /// Nothing is committed, and why.
        case refused(String)
    }
    public var group: ByteString
    public var topic: ByteString
    public var partition: Int32
    /// The offset that will be committed; nil where none is.
    public var offset: Int64?
    public var effect: Effect

    public init(group: ByteString, topic: ByteString, partition: Int32, offset: Int64?, effect: Effect) {
        self.group = group
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.effect = effect
    }
}

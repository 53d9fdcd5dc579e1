public import Bytes
public import KafkaClient
public import SnapshotModel

/// A right that brokers say this user lacks, and the step that cannot be done without it.
public struct MissingRight: Sendable, Hashable {
    /// What the right is on.
    public enum Place: Sendable, Hashable {
        case cluster
        case topic(ByteString)
        case group(ByteString)
    }

    public var kind: KindName
    public var id: ResourceID
    public var action: String
    public var operation: AclOperation
    public var place: Place

    public init(_ step: Step, _ operation: AclOperation, on place: Place) {
        kind = step.kind
        id = step.id
        action = step.action
        self.operation = operation
        self.place = place
    }
}

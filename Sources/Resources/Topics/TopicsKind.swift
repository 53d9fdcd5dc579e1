import Bytes
public import SnapshotModel

/// Topics: partitions, replication factor, replica assignment, and the overrides set on the topic itself.
public struct TopicsKind: Kind {
    public init() {}

    public var name: KindName { .topics }
    public var stage: Stage { .topics }

    /// What the target was left to choose is not compared: an expected document without an assignment is met by any.
    public func satisfies(_ observed: Document, _ expected: Document) -> Bool {
        guard expected.body["assignment"] == nil, var fields = observed.body.object else { return observed == expected }
        fields["assignment"] = nil
        return observed.id == expected.id && .object(fields) == expected.body
    }
}

extension KindName {
    public static let cluster: KindName = "cluster"
    public static let brokerConfigs: KindName = "broker-configs"
    public static let topics: KindName = "topics"
    public static let consumerGroups: KindName = "consumer-groups"
    public static let schemas: KindName = "schemas"
}

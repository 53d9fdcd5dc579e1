public import SnapshotModel

/// Every kind that this version knows, in the order of capture. Adding a kind is adding a folder and a line here.
public enum Kinds {
    public static let all: [any Kind] = [ClusterKind(), BrokerConfigsKind(), TopicsKind(), ConsumerGroupsKind(), SchemasKind()]

    public static func named(_ name: KindName) -> (any Kind)? { all.first { $0.name == name } }
}

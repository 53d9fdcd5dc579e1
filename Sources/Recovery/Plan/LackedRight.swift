public import Bytes
public import KafkaClient
import Resources
public import SnapshotModel

/// One right that this user lacks, with everything of a plan that cannot be done without it, and the command that grants just this.
public struct LackedRight: Sendable, Hashable {
    public enum Resource: String, Sendable { case cluster, topic, group }

    public var operation: AclOperation
    public var resource: Resource
    /// What the right is on, sorted; nothing for the cluster.
    public var names: [ByteString]
    public var kind: KindName
    public var action: String
    /// What cannot be done, sorted.
    public var ids: [ResourceID]
    /// Kafka's own tool, as an administrator gives it: printable as it is, and not to be escaped.
    public var command: String

    /// How many names are granted one by one; more are granted as a whole.
    static let longestList = 8

    public var json: JSON {
        .object([
            "operation": .text(operation.word), "resource": .text(resource.rawValue), "names": .array(names.map { .text($0) }),
            "kind": .text(kind.rawValue), "action": .text(action), "ids": .array(ids.map(\.json)), "command": .text(command),
        ])
    }
}

extension Plan {
    /// The missing rights, each told once, in the order of the plan.
    public var lackedRights: [LackedRight] {
        struct Key: Hashable {
            var operation: AclOperation
            var resource: LackedRight.Resource
            var kind: KindName
            var action: String
        }
        var order: [Key] = []
        var members: [Key: (names: Set<ByteString>, ids: Set<ResourceID>)] = [:]
        for right in missingRights {
            let (resource, name): (LackedRight.Resource, ByteString?) =
                switch right.place {
                case .cluster: (.cluster, nil)
                case .topic(let name): (.topic, name)
                case .group(let name): (.group, name)
                }
            let key = Key(operation: right.operation, resource: resource, kind: right.kind, action: right.action)
            if members[key] == nil { order.append(key) }
            if let name { members[key, default: ([], [])].names.insert(name) }
            members[key, default: ([], [])].ids.insert(right.id)
        }
        return order.map { key in
            let (names, ids) = members[key].map { ($0.names.sorted(), $0.ids.sorted()) } ?? ([], [])
            return LackedRight(
                operation: key.operation, resource: key.resource, names: names, kind: key.kind, action: key.action, ids: ids,
                command: grant(key.operation, on: key.resource, names))
        }
    }

    private func grant(_ operation: AclOperation, on resource: LackedRight.Resource, _ names: [ByteString]) -> String {
        let word = operation.word.split(separator: "_").map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined()
        let texts = names.compactMap(\.validText)
        let isShort = texts.count == names.count && names.count <= LackedRight.longestList
        let place: String
        switch resource {
        case .cluster: place = "--cluster"
        // One rule on the cluster permits to create any topic.
        case .topic where operation == .create && !isShort: place = "--cluster"
        case .topic, .group:
            place = (isShort ? texts : ["*"]).map { "--\(resource.rawValue) \(ShellWord.quoted(ByteString($0)))" }.joined(separator: " ")
        }
        return "kafka-acls.sh --bootstrap-server \(ShellWord.quoted(ByteString(bootstrap))) --command-config admin.properties --add "
            + "--allow-principal \(ShellWord.quoted(principal ?? "User:NAME")) --operation \(word) \(place)"
    }
}

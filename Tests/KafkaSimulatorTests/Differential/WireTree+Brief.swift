import Bytes
import KafkaProtocol

extension WireTree {
    /// The tree in one line, as probes are compared by it: fields at their initial values left out, lists sorted, and what no two
    /// clusters have in common put in `names`' words.
    func brief(_ names: BriefNames, field: String = "") -> String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value) where BriefNames.nodeFields.contains(field): names.node(value)
        case .integer(let value): "\(value)"
        case .float(let value): "\(value)"
        case .text(let bytes): "\"\(names.text(String(decoding: bytes, as: UTF8.self)))\""
        case .hex(let digits): names.ids[digits] ?? "\(digits.count / 2) bytes"
        case .array(let elements): "[\(elements.map { $0.brief(names, field: field) }.sorted().joined(separator: ", "))]"
        case .object(let fields):
            "{"
                + fields.filter { !$0.isInitial && !BriefNames.leftOut.contains($0.name) }
                .map { "\($0.name): \($0.value.brief(names, field: $0.name))" }.joined(separator: ", ") + "}"
        }
    }
}

/// Words for what differs from cluster to cluster.
struct BriefNames: Sendable {
    /// Topic ids, in hexadecimal digits.
    var ids: [String: String] = [:]
    var nodes: [Int64: String] = [:]
    /// What the probes' own names begin with.
    var prefix = ""

    /// Where a cluster is, how it calls itself, who rules it at the moment, and how busy it is: no answer to any probe.
    static let leftOut: Set<String> = ["ThrottleTimeMs", "ClusterId", "ControllerId", "Brokers", "Host", "Port", "Rack"]
    static let nodeFields: Set<String> = ["LeaderId", "NodeId", "ReplicaNodes", "IsrNodes", "OfflineReplicas"]

    func node(_ id: Int64) -> String { nodes[id] ?? (id < 0 ? "\(id)" : "another") }

    /// The controller's number is the cluster's own.
    func text(_ text: String) -> String {
        let words = text.replacing(prefix, with: "P-")
        guard let start = words.range(of: "Local controller ")?.upperBound else { return words }
        return String(words[..<start]) + "N" + words[start...].drop { $0.isNumber }
    }
}

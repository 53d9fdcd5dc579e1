import Bytes
public import SnapshotModel

/// A topic's desired part as a value.
///
/// Document: `{"assignment":[[1,2,3],…],"configs":{"retention.ms":"1000"},"partitions":12,"replicationFactor":3}`; id: the
/// name. `assignment` lists each partition's replicas, the preferred leader first; it is left out where the target chooses.
struct TopicDocument: Equatable {
    var name: ByteString
    var partitions: Int
    /// That of partition 0, as Kafka's own tools report it; ``factors`` has all.
    var replicationFactor: Int
    var assignment: [[Int32]]?
    /// Overrides set on the topic itself.
    var configs: [ByteString: ByteString]

    init(name: ByteString, partitions: Int, replicationFactor: Int, assignment: [[Int32]]?, configs: [ByteString: ByteString]) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.assignment = assignment
        self.configs = configs
    }

    init(_ document: Document) throws(MalformedDocument) {
        guard let name = document.id.parts.first, document.id.parts.count == 1 else {
            throw MalformedDocument(document, "its id is not one name")
        }
        try self.init(name: name, body: document.body, document: document)
    }

    init(name: ByteString, body: JSON, document: Document) throws(MalformedDocument) {
        guard let partitions = body["partitions"]?.int64, let factor = body["replicationFactor"]?.int64,
            partitions > 0, partitions <= Int64(Int32.max), factor > 0, factor <= Int64(Int16.max)
        else { throw MalformedDocument(document, "partitions and replicationFactor must be positive numbers") }
        self.name = name
        self.partitions = Int(partitions)
        replicationFactor = Int(factor)
        configs = [:]
        for (key, value) in body["configs"]?.object ?? [:] {
            guard let text = value.text else { throw MalformedDocument(document, "config \(key) is not text") }
            configs[key] = text
        }
        if let rows = body["assignment"]?.array {
            let replicas = rows.map { ($0.array ?? []).compactMap { $0.int64 }.compactMap { Int32(exactly: $0) } }
            guard replicas.count == self.partitions, replicas.allSatisfy({ !$0.isEmpty }) else {
                throw MalformedDocument(document, "the assignment does not list every partition")
            }
            assignment = replicas
        }
    }

    /// How many replicas the partitions have: more than one number where a reassignment gave some of them others.
    var factors: Set<Int> { assignment.map { Set($0.map(\.count)) } ?? [replicationFactor] }

    var body: JSON {
        var fields: [ByteString: JSON] = [
            "partitions": .integer(Int64(partitions)), "replicationFactor": .integer(Int64(replicationFactor)),
            "configs": .object(configs.mapValues { .text($0) }),
        ]
        if let assignment { fields["assignment"] = .array(assignment.map { .array($0.map { .integer(Int64($0)) }) }) }
        return .object(fields)
    }

    var document: Document { Document(id: ResourceID(name), body: body) }
}

/// A stored document that is not what its kind writes.
public struct MalformedDocument: Error, Sendable, CustomStringConvertible {
    public let id: ResourceID
    public let why: String

    init(_ document: Document, _ why: String) {
        id = document.id
        self.why = why
    }

    public var description: String { "the document of \(id) is malformed: \(why)" }
}

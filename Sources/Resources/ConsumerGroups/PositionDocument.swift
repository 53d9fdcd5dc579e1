import Bytes
import SnapshotModel

/// The committed positions of one group on one topic, as a value.
///
/// Document, in columns so that a million positions stay small: `{"metadata":{"3":"…"},"offsets":[10,20,…],"partitions":
/// [0,1,…]}`; id: group and topic. `metadata` names the partitions whose metadata string is not empty; offsets beyond 2^53 are
/// strings.
struct PositionDocument: Equatable {
    struct Position: Equatable {
        var offset: Int64
        var metadata: ByteString
    }

    var group: ByteString
    var topic: ByteString
    var positions: [Int32: Position]

    init(group: ByteString, topic: ByteString, positions: [Int32: Position]) {
        self.group = group
        self.topic = topic
        self.positions = positions
    }

    init(_ document: Document) throws(MalformedDocument) {
        try self.init(id: document.id, body: document.body)
    }

    init(id: ResourceID, body: JSON) throws(MalformedDocument) {
        let document = Document(id: id, body: body)
        guard id.parts.count == 2 else { throw MalformedDocument(document, "its id is not a group and a topic") }
        let partitions = (body["partitions"]?.array ?? []).map(\.int64)
        let offsets = (body["offsets"]?.array ?? []).map(\.int64)
        guard partitions.count == offsets.count, !partitions.isEmpty else {
            throw MalformedDocument(document, "it needs as many offsets as partitions, and one at least")
        }
        let metadata = body["metadata"]?.object ?? [:]
        var positions: [Int32: Position] = [:]
        for (partition, offset) in zip(partitions, offsets) {
            guard let number = partition, let partition = Int32(exactly: number), partition >= 0, let offset,
                positions[partition] == nil
            else { throw MalformedDocument(document, "a partition or an offset is not a number, or stands twice") }
            positions[partition] = Position(offset: offset, metadata: metadata[ByteString("\(partition)")]?.text ?? "")
        }
        (group, topic, self.positions) = (id.parts[0], id.parts[1], positions)
    }

    var id: ResourceID { ResourceID(group, topic) }

    var body: JSON {
        let partitions = positions.keys.sorted()
        var fields: [ByteString: JSON] = [
            "partitions": .array(partitions.map { .integer(Int64($0)) }),
            "offsets": .array(partitions.map { JSON.count64(positions[$0]?.offset ?? -1) }),
        ]
        let metadata = positions.filter { !$0.value.metadata.isEmpty }
        if !metadata.isEmpty {
            fields["metadata"] = .object(
                Dictionary(uniqueKeysWithValues: metadata.map { (ByteString("\($0.key)"), JSON.text($0.value.metadata)) }))
        }
        return .object(fields)
    }

    var document: Document { Document(id: id, body: body) }
}

/// A resource's desired or evidence part in canonical form, as stored.
///
/// One document is one line of a page: `{"body":…,"id":["part",…]}` in canonical JSON.
public struct Document: Hashable, Sendable {
    public var id: ResourceID
    public var body: JSON

    public init(id: ResourceID, body: JSON) {
        self.id = id
        self.body = body
    }

    /// The line without its line feed; canonical JSON holds none.
    public var canonicalBytes: [UInt8] { JSON.object(["id": id.json, "body": body]).canonicalBytes }

    /// Reads one line. Members other than `id` and `body` are refused: nothing may be dropped unseen.
    public static func parse(_ line: ArraySlice<UInt8>) throws(JSONError) -> Document {
        guard let members = try JSON.parse(line).object, members.count == 2, let body = members["body"],
            let id = members["id"].flatMap({ ResourceID(json: $0) })
        else { throw JSONError(offset: 0, reason: "a document has an \"id\" of one or more texts, a \"body\", and nothing else") }
        return Document(id: id, body: body)
    }

    public static func parse(_ line: [UInt8]) throws(JSONError) -> Document { try parse(line[...]) }
}

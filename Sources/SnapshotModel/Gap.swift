public import Bytes

/// Something that could not be captured: recorded, never silent.
public struct Gap: Hashable, Sendable {
    public var kind: KindName
    /// The resource that it concerns; nil where it concerns the kind.
    public var id: ResourceID?
    /// What is missing, such as `the password's hash`.
    public var what: String
    public var why: String
    /// The sort of local resolver that could supply it at a restore, such as `vault`; nil where nothing can.
    public var resolver: String?
    /// Members that a newer version wrote; kept as they are.
    public var extra: [ByteString: JSON]

    public init(kind: KindName, id: ResourceID?, what: String, why: String, resolver: String? = nil, extra: [ByteString: JSON] = [:]) {
        self.kind = kind
        self.id = id
        self.what = what
        self.why = why
        self.resolver = resolver
        self.extra = extra
    }

    public var json: JSON {
        var members = extra
        members["kind"] = .text(kind.rawValue)
        if let id { members["id"] = id.json }
        members["what"] = .text(what)
        members["why"] = .text(why)
        if let resolver { members["resolver"] = .text(resolver) }
        return .object(members)
    }

    public init(json: JSON) throws(ManifestError) {
        var fields = try Fields(json, of: "a gap")
        kind = KindName(try fields.text("kind"))
        id = nil
        if let id = fields.optional("id") {
            guard let read = ResourceID(json: id) else { throw fields.malformed("id", "not a list of one or more texts") }
            self.id = read
        }
        what = try fields.text("what")
        why = try fields.text("why")
        resolver = try fields.optionalText("resolver")
        extra = fields.rest
    }
}

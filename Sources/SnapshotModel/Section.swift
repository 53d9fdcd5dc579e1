public import Bytes

/// All documents of one kind and part in one snapshot, sorted by id.
public struct Section: Hashable, Sendable {
    public var kind: KindName
    public var part: Part
    public var root: TreeRoot
    public var state: SectionState
    /// Members that a newer version wrote; kept as they are.
    public var extra: [ByteString: JSON]

    public init(kind: KindName, part: Part, root: TreeRoot, state: SectionState, extra: [ByteString: JSON] = [:]) {
        self.kind = kind
        self.part = part
        self.root = root
        self.state = state
        self.extra = extra
    }

    public var json: JSON {
        .object(
            extra.merging(["kind": .text(kind.rawValue), "part": .text(part.rawValue), "root": root.json, "state": state.json]) { $1 })
    }

    public init(json: JSON) throws(ManifestError) {
        var fields = try Fields(json, of: "a section")
        kind = KindName(try fields.text("kind"))
        guard let part = Part(rawValue: try fields.text("part")) else { throw fields.malformed("part", "an unknown part") }
        self.part = part
        root = try TreeRoot(json: try fields.value("root"))
        state = try SectionState(json: try fields.value("state"))
        extra = fields.rest
    }
}

/// The top of a section's tree of pages.
public struct TreeRoot: Hashable, Sendable {
    /// Height: 0 where the reference is a page of documents, n where it is a page of references to pages of height n − 1.
    public var level: Int
    /// Nil for a section without documents.
    public var reference: PageReference?

    /// How many documents there are below.
    public var documents: Int { reference?.documents ?? 0 }

    public init(level: Int, reference: PageReference) {
        self.level = level
        self.reference = reference
    }

    private init() {
        level = 0
        reference = nil
    }

    /// No documents.
    public static let empty = TreeRoot()

    public var json: JSON {
        guard let reference else { return .null }
        return .object(["level": .integer(level), "page": reference.json])
    }

    public init(json: JSON) throws(ManifestError) {
        if json == .null {
            self.init()
            return
        }
        var fields = try Fields(json, of: "a section's root")
        let level = try fields.count("level")
        guard level <= 16 else { throw fields.malformed("level", "a tree of \(level) levels") }
        self.init(level: level, reference: try PageReference(json: try fields.value("page")))
        try fields.refuseRest()
    }
}

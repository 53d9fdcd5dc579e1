import Bytes

/// What a page list, or a manifest, says about one page: enough to find it, to verify every byte of it, and to know
/// whether an id can be inside.
public struct PageReference: Hashable, Sendable {
    public var name: ObjectName
    /// Bytes before packing.
    public var plainLength: Int
    /// Bytes as stored.
    public var storedLength: Int
    /// SHA-256 of the bytes as stored: flipped bits can unpack to the same plain bytes, so the name alone does not cover them.
    public var storedHash: [UInt8]
    /// How many documents the page holds, itself or through the pages below it.
    public var documents: Int
    /// The least and the greatest id inside.
    public var first: ResourceID
    public var last: ResourceID

    public init(
        name: ObjectName, plainLength: Int, storedLength: Int, storedHash: [UInt8], documents: Int, first: ResourceID, last: ResourceID
    ) {
        self.name = name
        self.plainLength = plainLength
        self.storedLength = storedLength
        self.storedHash = storedHash
        self.documents = documents
        self.first = first
        self.last = last
    }

    /// One line of a page list.
    public var json: JSON {
        .object([
            "name": .text(name.description), "plainLength": .integer(plainLength), "storedLength": .integer(storedLength),
            "storedHash": .text(storedHash.hex), "documents": .integer(documents), "first": first.json, "last": last.json,
        ])
    }

    public init(json: JSON) throws(ManifestError) {
        var fields = try Fields(json, of: "a page reference")
        guard let name = ObjectName(hex: try fields.text("name")) else { throw fields.malformed("name", "not 64 hexadecimal digits") }
        guard let storedHash = [UInt8](hex: try fields.text("storedHash")), storedHash.count == 32 else {
            throw fields.malformed("storedHash", "not 64 hexadecimal digits")
        }
        self.init(
            name: name, plainLength: try fields.count("plainLength"), storedLength: try fields.count("storedLength"),
            storedHash: storedHash, documents: try fields.count("documents"), first: try fields.id("first"), last: try fields.id("last"))
        guard first <= last else { throw fields.malformed("first", "greater than \"last\"") }
        try fields.refuseRest()
    }
}

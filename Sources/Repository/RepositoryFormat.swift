import Bytes
public import Compression
public import Seams
public import SnapshotModel

/// What `tidemark.json` says: read and checked before anything else of a repository.
public struct RepositoryFormat: Hashable, Sendable {
    /// The version that this code writes and reads.
    public static let currentVersion = 1

    public var version: Int
    /// 16 random bytes, so that two repositories can be told apart wherever they are moved.
    public var repositoryID: [UInt8]
    public var created: Timestamp
    /// What new objects are packed with; old ones tell by their magic numbers.
    public var codec: Codec
    public var pages: PageParameters
    /// Members that a newer version wrote; kept as they are.
    public var extra: JSON

    public init(repositoryID: [UInt8], created: Timestamp, codec: Codec, pages: PageParameters) {
        version = Self.currentVersion
        self.repositoryID = repositoryID
        self.created = created
        self.codec = codec
        self.pages = pages
        extra = .object([:])
    }

    /// The repository's id in hexadecimal digits.
    public var idText: String { repositoryID.hex }

    var canonicalBytes: [UInt8] {
        var members = extra.object ?? [:]
        members["format"] = .integer(version)
        members["repository"] = .text(repositoryID.hex)
        members["created"] = .text(created.description)
        members["codec"] = .text(codec.rawValue)
        members["pages"] = .object([
            "salt": .text(pages.salt.hex), "floor": .integer(pages.floor), "target": .integer(pages.target),
            "ceiling": .integer(pages.ceiling),
        ])
        return JSON.object(members).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8], at place: String) throws(RepositoryError) -> RepositoryFormat {
        func damaged(_ detail: String) -> RepositoryError {
            RepositoryError(
                code: .damaged, message: "\(place) is malformed: \(detail)",
                hint: "The file is small and never changes: put it back from a copy of the repository. Nothing else was read or written.")
        }
        guard let json = try? JSON.parse(bytes), var members = json.object else { throw damaged("it is not a JSON object") }
        guard let version = members["format"]?.int64 else { throw damaged("it has no format version") }
        guard version == Int64(currentVersion) else {
            throw RepositoryError(
                code: .unknownFormat, message: "\(place) says format version \(version); this tidemark knows version \(currentVersion)",
                hint: "Use a tidemark release that knows format \(version). Nothing else was read or written.")
        }
        guard let id = members["repository"]?.text?.validText.flatMap({ [UInt8](hex: $0) }), id.count == 16 else {
            throw damaged("\"repository\" is not 32 hexadecimal digits")
        }
        guard let created = members["created"]?.text?.validText.flatMap({ Timestamp($0) }) else {
            throw damaged("\"created\" is not a moment")
        }
        guard let codec = members["codec"]?.text?.validText.flatMap({ Codec(rawValue: $0) }) else {
            throw damaged("\"codec\" is none of \(Codec.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let pages = members["pages"].flatMap({ PageParameters(json: $0) }) else { throw damaged("\"pages\" is not as documented") }
        for known in ["format", "repository", "created", "codec", "pages"] as [ByteString] { members[known] = nil }
        var format = RepositoryFormat(repositoryID: id, created: created, codec: codec, pages: pages)
        format.extra = .object(members)
        return format
    }
}

public import Bytes
public import Seams

/// What a snapshot is: its sections' roots, where it comes from, when it was taken and how much it may be trusted.
///
/// Stored as canonical JSON; the snapshot's id is the SHA-256 of these bytes. Members, sections and kinds that this version
/// does not know are kept and written again as they were.
public struct Manifest: Hashable, Sendable {
    /// The version of the manifest's form that this code writes and reads.
    public static let currentFormat = 1

    /// The program that took the snapshot.
    public struct Tool: Hashable, Sendable {
        public var name: String
        public var version: String

        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    public var formatVersion: Int
    public var tool: Tool
    /// The cluster's own id, as its brokers give it.
    public var clusterID: ByteString
    /// How many brokers the cluster had.
    public var brokers: Int
    public var lineage: Lineage
    /// When the sweep began and ended, on the clock of the machine that took it.
    public var started: Timestamp
    public var finished: Timestamp
    public var sections: [Section]
    /// The first of each kind, where there are many.
    public var gaps: [Gap]
    /// How many more there are, in the sections of gaps (``LongList``).
    public var moreGaps = 0
    public var certificate: Certificate
    public var tags: [String]
    /// The name of the machine that took it, only where the operator wished it to be recorded.
    public var host: String?
    /// Sections in a form that this version does not know.
    public var unknownSections: [JSON]
    /// Members that a newer version wrote; kept as they are.
    public var extra: [ByteString: JSON]

    public init(
        tool: Tool, clusterID: ByteString, brokers: Int, lineage: Lineage = Lineage(), started: Timestamp, finished: Timestamp,
        sections: [Section], gaps: [Gap] = [], certificate: Certificate, tags: [String] = [], host: String? = nil
    ) {
        formatVersion = Self.currentFormat
        self.tool = tool
        self.clusterID = clusterID
        self.brokers = brokers
        self.lineage = lineage
        self.started = started
        self.finished = finished
        self.sections = sections
        self.gaps = gaps
        self.certificate = certificate
        self.tags = tags
        self.host = host
        unknownSections = []
        extra = [:]
    }

    public var gapCount: Int { gaps.count + moreGaps }

    /// The section, or nil where the snapshot has none of this kind and part (which is not an empty one).
    public func section(_ kind: KindName, _ part: Part) -> Section? { sections.first { $0.kind == kind && $0.part == part } }
}

extension Manifest {
    /// Sections are written in the order of kind and part, whatever order they were given in.
    public var json: JSON {
        var members = extra
        members["format"] = .integer(formatVersion)
        members["tool"] = .object(["name": .text(tool.name), "version": .text(tool.version)])
        members["clusterId"] = .text(clusterID)
        members["brokers"] = .integer(brokers)
        if let parent = lineage.parent { members["parent"] = .text(parent.description) }
        if !lineage.formerClusterIDs.isEmpty { members["formerClusterIds"] = .array(lineage.formerClusterIDs.map { .text($0) }) }
        members["started"] = .text(started.description)
        members["finished"] = .text(finished.description)
        members["sections"] = .array((sections.map(\.json) + unknownSections).sorted(by: Self.sectionOrder))
        if !gaps.isEmpty { members["gaps"] = .array(gaps.map(\.json)) }
        if moreGaps > 0 { members["moreGaps"] = .integer(moreGaps) }
        members["certificate"] = certificate.json
        if !tags.isEmpty { members["tags"] = .array(tags.map { .text($0) }) }
        if let host { members["host"] = .text(host) }
        return .object(members)
    }

    private static func sectionOrder(_ left: JSON, _ right: JSON) -> Bool {
        func key(_ section: JSON) -> [ByteString] {
            [section["kind"]?.text ?? "", section["part"]?.text ?? "", ByteString(bytes: section.canonicalBytes)]
        }
        return key(left).lexicographicallyPrecedes(key(right))
    }

    public var canonicalBytes: [UInt8] { json.canonicalBytes }

    /// Reads a manifest's bytes. An unknown format version is refused by name, before anything else is looked at.
    public static func parse(_ bytes: [UInt8]) throws(ManifestError) -> Manifest {
        let json: JSON
        do {
            json = try JSON.parse(bytes)
        } catch {
            throw ManifestError(message: "the manifest is \(error)", hint: "It is damaged: run `tidemark check` and use another snapshot.")
        }
        return try Manifest(json: json)
    }

    public init(json: JSON) throws(ManifestError) {
        var fields = try Fields(json, of: "the manifest")
        formatVersion = try fields.count("format")
        guard formatVersion == Self.currentFormat else {
            throw ManifestError(
                message: "the manifest has format version \(formatVersion); this tidemark reads version \(Self.currentFormat)",
                hint: "Use a tidemark release that knows format \(formatVersion).")
        }
        var tool = try Fields(try fields.value("tool"), of: "the manifest's tool")
        self.tool = Tool(name: try tool.text("name"), version: try tool.text("version"))
        clusterID = try fields.bytes("clusterId")
        brokers = try fields.count("brokers")
        lineage = Lineage()
        if let parent = try fields.optionalText("parent") {
            guard let id = SnapshotID(hex: parent) else { throw fields.malformed("parent", "not a snapshot's id") }
            lineage.parent = id
        }
        for item in try fields.list("formerClusterIds") {
            guard let id = item.text else { throw fields.malformed("formerClusterIds", "not a list of texts") }
            lineage.formerClusterIDs.append(id)
        }
        started = try fields.timestamp("started")
        finished = try fields.timestamp("finished")
        sections = []
        unknownSections = []
        for item in try fields.list("sections") {
            do {
                sections.append(try Section(json: item))
            } catch {
                // An older binary carries what it does not understand, and says so; it never drops it.
                unknownSections.append(item)
            }
        }
        gaps = []
        for item in try fields.list("gaps") { gaps.append(try Gap(json: item)) }
        moreGaps = try fields.optionalCount("moreGaps") ?? 0
        certificate = try Certificate(json: try fields.value("certificate"))
        tags = try fields.texts("tags")
        host = try fields.optionalText("host")
        extra = fields.rest
    }
}

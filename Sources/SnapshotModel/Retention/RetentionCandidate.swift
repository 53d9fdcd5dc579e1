public import Bytes
public import Seams

/// What decides whether a snapshot stays.
public struct RetentionCandidate: Hashable, Sendable {
    public var id: SnapshotID
    public var finished: Timestamp
    public var parent: SnapshotID?
    /// The cluster's id and the former ones: snapshots that share one are of one lineage.
    public var clusterIDs: [ByteString]
    public var tags: [String]
    public var isPinned: Bool
    public var grade: Certificate.Grade
    /// By what rules it was narrowed; empty where everything was captured.
    public let selection: String
    /// The same, kind by kind.
    public let scopes: SelectionScopes
    /// The sections that can be put back, with their documents.
    public var sections: [KindName: Int]
    /// Those of which all was read that the selection takes.
    public var completeSections: Set<KindName>
    /// Whether its writer may still take it back: it stays, and nothing goes because it is there.
    public var isProvisional: Bool
    /// Whether somebody restores from it now.
    public var isRead: Bool
    /// When somebody last found the cluster as it is in here; nil where nobody looked since.
    public var confirmed: Timestamp?

    public init(
        id: SnapshotID, finished: Timestamp, parent: SnapshotID? = nil, clusterIDs: [ByteString], tags: [String] = [],
        isPinned: Bool = false,
        grade: Certificate.Grade = .stable, selection: String = "", sections: [KindName: Int] = [:],
        completeSections: Set<KindName> = [], isProvisional: Bool = false, isRead: Bool = false,
        confirmed: Timestamp? = nil
    ) {
        self.id = id
        self.finished = finished
        self.parent = parent
        self.clusterIDs = clusterIDs
        self.tags = tags
        self.isPinned = isPinned
        self.grade = grade
        self.selection = selection
        scopes = SelectionScopes(selection)
        self.sections = sections
        self.completeSections = completeSections
        self.isProvisional = isProvisional
        self.isRead = isRead
        self.confirmed = confirmed
    }

    /// - Parameter selection: the manifest's own, by which it was narrowed.
    public init(
        _ id: SnapshotID, _ manifest: Manifest, selection: String, isPinned: Bool, isProvisional: Bool = false, isRead: Bool = false,
        confirmed: Timestamp? = nil
    ) {
        let desired = manifest.sections.filter { $0.part == .desired }
        self.init(
            id: id, finished: manifest.finished, parent: manifest.lineage.parent,
            clusterIDs: [manifest.clusterID] + manifest.lineage.formerClusterIDs, tags: manifest.tags, isPinned: isPinned,
            grade: manifest.certificate.grade, selection: selection,
            sections: Dictionary(desired.map { ($0.kind, $0.root.documents) }, uniquingKeysWith: { first, _ in first }),
            // Where an operator accepted that a whole section is gone, nothing is all that there is of it.
            completeSections: Set(desired.filter { $0.state.isComplete }.map(\.kind))
                .union(manifest.acceptedShrinkage.filter { $0.now == nil }.map(\.kind)),
            isProvisional: isProvisional, isRead: isRead, confirmed: confirmed)
    }

    /// The last moment at which it is known to have been what the cluster held.
    var lastTrue: Timestamp { max(finished, confirmed ?? finished) }

    /// The cluster that it was taken of, by the id that it had then.
    var clusterID: ByteString { clusterIDs.first ?? "" }

    /// Whether everything was captured, and not only what some rules chose.
    public var isEverything: Bool { selection.isEmpty }

    /// Neither partial nor suspect nor narrowed.
    public var isComplete: Bool { isEverything && isWhole }

    /// Neither partial nor suspect.
    var isWhole: Bool { grade == .stable || grade == .moved }

    /// Whether all that there was of the kind is in it, by the rules that it was captured by, and it is not suspect.
    func hasAll(of kind: KindName) -> Bool { completeSections.contains(kind) && grade != .suspect }

    /// Whether this one holds so much more of the kind that the other, later one lacks it, though it was captured by the same rules: the measure
    /// of a suspect certificate.
    func holds(_ kind: KindName, missingIn other: RetentionCandidate) -> Bool {
        guard let before = sections[kind], let scope = scopes.scope(of: kind), scope == other.scopes.scope(of: kind) else { return false }
        guard let after = other.sections[kind] else { return true }
        return Shrinkage.isImplausible(before: before, now: after)
    }
}

import Repository
import Resources
import SnapshotModel

/// A snapshot in the making: what was read and written of it so far.
struct CaptureDraft {
    private(set) var observations: [Observation] = []
    private(set) var sections: [Section] = []
    /// The snapshot that is confirmed where the cluster is as it holds it; nil once it is not.
    private(set) var basis: Confirmable?
    /// Of these the evidence is not written, and will not be where ``basis`` is confirmed.
    private var pending: [Observation] = []
    private var unread: Set<KindName> = []
    private var selectable: [(kind: any Kind, ids: [ResourceID])] = []

    init(basis: Confirmable?) { self.basis = basis }

    /// What the manifest lists of them; the others stand in sections of their own.
    var gaps: [Gap] { observations.flatMap { $0.gaps.prefix(LongList.longest) } }
    var moreGaps: Int { observations.reduce(0) { $0 + max(0, $1.gaps.count - LongList.longest) } }

    /// Takes what was read of a kind, and writes what can be put back of what is selected of it.
    mutating func add(_ whole: Observation, _ selected: Observation, of kind: any Kind, _ writer: RepositoryWriter) async throws {
        // What was not read may be what a rule means: then the rule is no typo.
        if whole.state.isComplete {
            selectable.append((kind, (whole.desired + whole.evidence).map(\.id)))
        } else {
            unread.insert(kind.name)
        }
        let root = try await writer.write(selected.desired)
        note(selected, root)
        pending.append(selected)
        if basis?.manifest.section(kind.name, .desired)?.root != root { basis = nil }
        if basis == nil { try await writeEvidence(writer) }
    }

    /// - Parameter root: of what can be put back.
    mutating func note(_ observation: Observation, _ root: TreeRoot) {
        sections.append(Section(kind: observation.kind, part: .desired, root: root, state: observation.state.cut))
        observations.append(observation)
    }

    mutating func writeEvidence(_ writer: RepositoryWriter) async throws {
        for observation in pending {
            let root = try await writer.write(observation.evidence)
            sections.append(Section(kind: observation.kind, part: .evidence, root: root, state: observation.evidenceState.cut))
        }
        pending = []
    }

    /// What is too long for the manifest: sections of their own.
    func writeLongLists(_ writer: RepositoryWriter) async throws -> [Section] {
        var sections: [Section] = []
        for observation in observations {
            let documents = LongList.documents(
                observation.gaps, [.desired: observation.state, .evidence: observation.evidenceState])
            guard !documents.isEmpty else { continue }
            let root = try await writer.write(documents)
            sections.append(Section(kind: observation.kind, part: .gaps, root: root, state: .stable))
        }
        return sections
    }

    mutating func add(_ more: [Section]) { sections += more }

    /// Throws where a rule of the selection fits nothing: a typo must not look like success.
    func refuseTypos(in selection: Selection) throws(RecoveryError) {
        guard let rule = selection.unmatched(in: selectable).first(where: { !unread.contains($0.kind) }) else { return }
        throw RecoveryError(
            .usage, "'\(rule)' fits nothing in the cluster, so no snapshot was published",
            hint: "check the name; a pattern is quoted from the shell, and '*' stands for any text.")
    }

    /// Whether every section is what it was in `earlier`.
    func equals(_ earlier: Manifest?) -> Bool {
        guard let earlier else { return false }
        return sections.allSatisfy { earlier.section($0.kind, $0.part)?.root == $0.root }
    }
}

import Repository
import Resources
import SnapshotModel

extension Planning {
    /// Gaps, unread parts and unknown sections of the snapshot, as far as they were asked for.
    func losses(_ manifest: Manifest, _ gaps: [Gap]) async throws -> [Loss] {
        var losses: [Loss] = []
        if !manifest.selection.isEmpty, Selection(description: manifest.selection).map({ options.selection.isWithin($0) }) != true {
            losses.append(Loss(kind: .cluster, id: nil, why: "the snapshot holds a selection only: \(manifest.selection)"))
        }
        func isWanted(_ name: KindName, _ id: ResourceID?) -> Bool {
            guard let kind = Kinds.named(name) else { return options.selection.isEverything }
            guard options.stages.contains(kind.stage) || kind.stage == .preflight else { return false }
            return id.map { options.selection.includes(kind, $0) } ?? options.selection.includes(kind)
        }
        for gap in gaps where isWanted(gap.kind, gap.id) {
            losses.append(Loss(kind: gap.kind, id: gap.id, why: "\(gap.what): \(gap.why)"))
        }
        // Read once, and only where something is lacking.
        let isIncomplete = manifest.sections.contains { $0.part == .desired && !$0.state.isComplete }
        let entries = isIncomplete ? try await repository.snapshots() : []
        for section in manifest.sections where section.part == .desired && isWanted(section.kind, nil) {
            if Kinds.named(section.kind) == nil {
                losses.append(Loss(kind: section.kind, id: nil, why: "this version does not know the kind; a newer tidemark restores it"))
            } else if !section.state.isComplete {
                let whole = Self.wholeSection(section.kind, manifest, among: entries)
                losses.append(
                    Loss(
                        kind: section.kind, id: nil,
                        why: "the snapshot is incomplete here: \(section.state.summary)"
                            + (whole.map { "; snapshot \($0.id.short) of \($0.finished) has all of it" } ?? "")))
            }
        }
        for unknown in manifest.unknownSections where options.selection.isEverything {
            losses.append(
                Loss(
                    kind: KindName(unknown["kind"]?.text?.description ?? "unknown"), id: nil,
                    why: "this version cannot read the section; a newer tidemark restores it"))
        }
        return losses
    }

    /// The newest snapshot of the same lineage that holds as much of the kind as this one was to hold, and read all of it; nil where there is
    /// none.
    private static func wholeSection(
        _ kind: KindName, _ manifest: Manifest, among entries: [SnapshotEntry]
    ) -> SnapshotEntry? {
        let lineages = Manifest.lineages(of: entries.compactMap(\.intact))
        guard let lineage = lineages.first(where: { $0.contains(manifest.clusterID) }) else { return nil }
        return entries.first { entry in
            guard let other = entry.intact, lineage.contains(other.clusterID), [manifest.selection, ""].contains(other.selection) else {
                return false
            }
            return other.certificate.grade != .suspect && other.section(kind, .desired)?.state.isComplete == true
        }
    }
}

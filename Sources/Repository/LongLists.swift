public import SnapshotModel

/// What manifests leave to sections of gaps.
extension Repository {
    /// All gaps of a snapshot.
    /// - Throws: `RepositoryError` where a page is damaged; `ManifestError`; `StorageError`.
    public func gaps(of manifest: Manifest) async throws -> [Gap] {
        guard manifest.moreGaps > 0 else { return manifest.gaps }
        var paged: [KindName: [Gap]] = [:]
        for section in manifest.sections where section.part == .gaps {
            for try await document in documents(section.root) {
                if let gap = try LongList.gap(in: document) { paged[section.kind, default: []].append(gap) }
            }
        }
        return manifest.gaps.filter { paged[$0.kind] == nil } + paged.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// The state of a section with all that could not be read of it, and all that moved.
    /// - Throws: As ``gaps(of:)``.
    public func state(of section: Section, in manifest: Manifest) async throws -> SectionState {
        guard section.state.moreUnread > 0 || section.state.moreMoved > 0, let gaps = manifest.section(section.kind, .gaps) else {
            return section.state
        }
        var documents: [Document] = []
        for try await document in self.documents(gaps.root) { documents.append(document) }
        return try section.state.whole(section.part, documents)
    }
}

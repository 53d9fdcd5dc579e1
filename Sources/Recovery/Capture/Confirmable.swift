import Bytes
import Repository
public import SnapshotModel

/// A snapshot that may be confirmed in place of a new one: the newest of the cluster that was asked for in the same way, if everything was read.
/// docs/repository-format.md says when.
struct Confirmable {
    let id: SnapshotID
    let manifest: Manifest

    /// Whether the cluster, as it was found now, is as the snapshot holds it.
    func isMet(by sections: [Section], _ certificate: Certificate) -> Bool {
        func desired(_ sections: [Section]) -> [KindName: TreeRoot] {
            Dictionary(sections.filter { $0.part == .desired }.map { ($0.kind, $0.root) }, uniquingKeysWith: { first, _ in first })
        }
        func blindSpots(_ sections: [Section]) -> [KindName: [SectionState.UnreadPart]] {
            Dictionary(
                sections.filter { $0.part == .desired }.map { ($0.kind, $0.state.blindSpots) }, uniquingKeysWith: { first, _ in first })
        }
        return certificate.isWhole && desired(sections) == desired(manifest.sections)
            && blindSpots(sections) == blindSpots(manifest.sections)
    }
}

extension Certificate {
    /// Whether everything was read.
    public var isWhole: Bool { grade == .stable || grade == .moved }
}

extension Ancestry {
    /// The snapshot that a run with these options may confirm.
    func confirmable(_ options: Capture.Options, of clusterID: ByteString) -> Confirmable? {
        guard options.confirmsAs != nil, let alike, !isBehindDamage, alike.manifest.clusterID == clusterID,
            alike.manifest.certificate.isWhole, alike.manifest.tags == options.tags, alike.manifest.unknownSections.isEmpty
        else { return nil }
        return Confirmable(id: alike.id, manifest: alike.manifest)
    }
}

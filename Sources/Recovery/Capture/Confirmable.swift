import Bytes
import Repository
public import SnapshotModel

/// A snapshot that may be confirmed in place of a new one: the newest of the cluster that was asked for in the same way.
/// docs/repository-format.md says when.
struct Confirmable {
    let id: SnapshotID
    let manifest: Manifest

    /// Whether the cluster, as it was found now, is as the snapshot holds it; where not everything could be read, or implausibly much is gone,
    /// whether that is just as it was, too. A confirmation makes nothing whole: the run ends as the one before did.
    ///
    /// - Parameter long: the sections of what is too long for a manifest.
    func isMet(by draft: CaptureDraft, long: [Section], _ certificate: Certificate) -> Bool {
        func all<Value>(_ part: Part, _ sections: [Section], _ value: (Section) -> Value) -> [KindName: Value] {
            Dictionary(sections.filter { $0.part == part }.map { ($0.kind, value($0)) }, uniquingKeysWith: { first, _ in first })
        }
        let (found, held) = (draft.sections, manifest.sections)
        guard all(.desired, found, \.root) == all(.desired, held, \.root),
            all(.desired, found, \.state.blindSpots) == all(.desired, held, \.state.blindSpots)
        else { return false }
        guard !certificate.isWhole || !manifest.certificate.isWhole else { return true }
        return certificate == manifest.certificate && Set(draft.gaps) == Set(manifest.gaps) && draft.moreGaps == manifest.moreGaps
            && all(.desired, found, \.state.lacks) == all(.desired, held, \.state.lacks)
            && all(.gaps, long, \.root) == all(.gaps, held, \.root)
    }
}

extension SectionState {
    /// What was not read, without what moved meanwhile.
    fileprivate var lacks: SectionState {
        var state = self
        (state.moved, state.moreMoved, state.blindSpots, state.extra) = ([], 0, [], [:])
        return state
    }
}

extension Certificate {
    /// Whether everything was read.
    public var isWhole: Bool { grade == .stable || grade == .moved }
}

extension Ancestry {
    /// The snapshot that a run with these options may confirm.
    func confirmable(_ options: Capture.Options, of clusterID: ByteString) -> Confirmable? {
        guard options.confirmsAs != nil, options.acceptedShrinkage.isEmpty, let alike, !isBehindDamage,
            alike.manifest.clusterID == clusterID, alike.manifest.tags == options.tags, alike.manifest.unknownSections.isEmpty
        else { return nil }
        return Confirmable(id: alike.id, manifest: alike.manifest)
    }
}

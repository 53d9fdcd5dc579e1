import Resources
import SnapshotModel

extension Certificate {
    /// How much a snapshot may be trusted: complete, partial where something was not read, suspect where a section shrank so
    /// much against the last snapshot of the kind that something is probably hidden or gone.
    static func of(_ observations: [Observation], _ sections: [Section], against baselines: Baselines) -> Certificate {
        var partial: [String] = []
        for observation in observations where !observation.state.isComplete {
            partial.append("\(observation.kind.rawValue): \(observation.state.summary)")
        }
        for observation in observations {
            guard let gap = observation.gaps.first else { continue }
            partial.append(
                "\(observation.kind.rawValue): \(observation.gaps.count) gaps (\(gap.id.map { "\($0): " } ?? "")\(gap.what): \(gap.why))")
        }
        var suspect: [String] = []
        for (kind, baseline) in baselines.byKind.sorted(by: { $0.key < $1.key }) {
            guard let now = sections.first(where: { $0.kind == kind && $0.part == .desired }) else {
                suspect.append("\(kind.rawValue): the last snapshot has this section, this one has not")
                continue
            }
            let (before, after) = (baseline.documents, now.root.documents)
            if after == 0 && before > 0 || before >= 10 && after * 2 < before {
                suspect.append("\(kind.rawValue): \(after) documents, the last snapshot has \(before)")
            }
        }
        if !suspect.isEmpty { return Certificate(grade: .suspect, reasons: suspect + partial) }
        if !partial.isEmpty { return Certificate(grade: .partial, reasons: partial) }
        let moved = observations.filter { !$0.state.moved.isEmpty }
        return moved.isEmpty
            ? Certificate(grade: .stable)
            : Certificate(
                grade: .moved, reasons: moved.map { "\($0.kind.rawValue): \($0.state.moved.count) resources changed while they were read" })
    }
}

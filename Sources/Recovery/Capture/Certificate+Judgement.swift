import Bytes
import Resources
import SnapshotModel

extension Certificate {
    /// How much a snapshot may be trusted: complete, partial where something was not read, suspect where a section shrank so
    /// much against an earlier snapshot that something is probably hidden or gone, and nobody said that it is meant so.
    static func of(_ observations: [Observation], _ shrinkage: [Shrinkage], accepting accepted: Set<KindName>) -> Certificate {
        var partial: [String] = []
        for observation in observations where !observation.state.isComplete {
            partial.append("\(observation.kind.rawValue): \(observation.state.summary)")
        }
        for observation in observations {
            guard let gap = observation.gaps.first else { continue }
            partial.append(
                "\(observation.kind.rawValue): \(observation.gaps.count.counted("gap")) (\(gap.id.map { "\($0): " } ?? "")\(gap.what): \(gap.why))"
            )
        }
        let suspect = shrinkage.filter { !accepted.contains($0.kind) }.map(\.description)
        if !suspect.isEmpty { return Certificate(grade: .suspect, reasons: suspect + partial) }
        if !partial.isEmpty { return Certificate(grade: .partial, reasons: partial) }
        let moved = observations.filter { !$0.state.moved.isEmpty }
        return moved.isEmpty
            ? Certificate(grade: .stable)
            : Certificate(
                grade: .moved,
                reasons: moved.map { "\($0.kind.rawValue): \($0.state.moved.count.counted("resource")) changed while they were read" })
    }
}

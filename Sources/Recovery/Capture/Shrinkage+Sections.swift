import Resources
import SnapshotModel

extension Shrinkage {
    /// What shrank implausibly since the baselines.
    static func all(_ sections: [Section], against baselines: Baselines) -> [Shrinkage] {
        baselines.byKind.sorted { $0.key < $1.key }.compactMap { kind, baseline in
            let now = sections.first { $0.kind == kind && $0.part == .desired }?.root.documents
            guard now.map({ isImplausible(before: baseline.documents, now: $0) }) ?? true else { return nil }
            return Shrinkage(kind: kind, before: baseline.documents, now: now, against: baseline.snapshot)
        }
    }
}

extension Capture.Options {
    /// Throws where a loss is accepted that nobody can judge, or that there is none of: a command left in a crontab must not accept the next one.
    func refuseToAccept(what observations: [Observation], _ shrinkage: [Shrinkage]) throws(RecoveryError) {
        guard !acceptedShrinkage.isEmpty else { return }
        for kind in acceptedShrinkage.sorted() {
            guard shrinkage.contains(where: { $0.kind == kind }) else {
                throw RecoveryError(
                    .usage, "\(kind) did not shrink implausibly against the last snapshot that is not suspect: no snapshot was published",
                    hint: "leave out --accept-shrinkage \(kind); it is for one run, after a loss that is meant.")
            }
            if let state = observations.first(where: { $0.kind == kind })?.state, !state.isComplete {
                throw RecoveryError(
                    .usage,
                    "\(kind) could not be read as a whole (\(state.summary)), so nobody knows what is gone: no snapshot was published",
                    hint: "give the rights of docs/kafka-compatibility.md or restore the part, and accept what is gone then.")
            }
        }
    }
}

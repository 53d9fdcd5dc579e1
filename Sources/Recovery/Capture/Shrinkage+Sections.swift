import Resources
import SnapshotModel

extension Shrinkage {
    /// What shrank implausibly since the baselines. Of what could not be read nobody knows whether it is smaller: that makes a snapshot partial.
    static func all(_ sections: [Section], against baselines: Baselines) -> [Shrinkage] {
        baselines.byKind.sorted { $0.key < $1.key }.compactMap { kind, baseline in
            let section = sections.first { $0.kind == kind && $0.part == .desired }
            guard section?.state.outcome.isRead ?? true else { return nil }
            let now = section?.root.documents
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
            if let state = observations.first(where: { $0.kind == kind })?.state, !state.isComplete {
                throw RecoveryError(
                    .usage,
                    "\(kind) could not be read as a whole (\(state.summary)), so nobody knows what is gone: no snapshot was published",
                    hint: "give the rights of docs/kafka-compatibility.md, or bring back what is down, and accept what is gone then.")
            }
            guard shrinkage.contains(where: { $0.kind == kind }) else {
                throw RecoveryError(
                    .usage, "\(kind) did not shrink implausibly against the last snapshot that is not suspect: no snapshot was published",
                    hint: "leave out --accept-shrinkage \(kind); it is for one run, after a loss that is meant.")
            }
        }
    }
}

import Resources
import SnapshotModel

extension Shrinkage {
    /// What shrank implausibly since `earlier`; nothing where there is none.
    static func all(_ sections: [Section], against earlier: Ancestry.Member?) -> [Shrinkage] {
        guard let earlier else { return [] }
        return earlier.manifest.sections.filter { $0.part == .desired }.compactMap { section in
            let before = section.root.documents
            guard let now = sections.first(where: { $0.kind == section.kind && $0.part == .desired })?.root.documents else {
                return Shrinkage(kind: section.kind, before: before, now: nil, against: earlier.id)
            }
            guard isImplausible(before: before, now: now) else { return nil }
            return Shrinkage(kind: section.kind, before: before, now: now, against: earlier.id)
        }
    }
}

extension Capture.Options {
    /// Throws where a loss is accepted that nobody can judge, or that there is none of: a command left in a crontab must not accept the next one.
    func refuseToAccept(what observations: [Observation], _ shrinkage: [Shrinkage]) throws(RecoveryError) {
        guard !acceptedShrinkage.isEmpty else { return }
        guard selection.isEverything else {
            throw RecoveryError(
                .usage, "a backup that is narrowed is compared with none, so it accepts no shrinkage",
                hint:
                    "leave out --only and --except, and in a policy's cluster backup.only and backup.except, or leave out --accept-shrinkage."
            )
        }
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

import Bytes
import KafkaClient
import Recovery
import Repository
import Resources
import SnapshotModel

/// What a capture under faults came to, held against what the cluster held all the while.
struct FaultVerdict: Sendable {
    enum Ending: String, Sendable, CustomStringConvertible {
        case whole, confirmed, partial, refused
        var description: String { rawValue }
    }

    static let kinds = Kinds.all.filter { $0.name != .schemas }

    let script: FaultScript
    let result: Result<CaptureReport, any Error>
    let truth: [KindName: Observation]
    /// The whole snapshot that was there before.
    let before: SnapshotID?
    var flaws: [String] = []

    init(script: FaultScript, result: Result<CaptureReport, any Error>, truth: [KindName: Observation], before: SnapshotID?) {
        self.before = before
        self.script = script
        self.result = result
        self.truth = truth
    }

    var ending: Ending {
        switch result {
        case .success(let report):
            report.confirmation != nil
                ? .confirmed : [.stable, .moved].contains(report.manifest.certificate.grade) ? .whole : .partial
        case .failure: .refused
        }
    }

    /// Every wait of a capture has a limit. The worst that a script can do is to let each of some forty calls run into its own;
    /// a wait without a limit would not end at all.
    mutating func judge(took duration: Duration) {
        if duration > .seconds(240) { flaws.append("the capture took \(duration)") }
    }

    /// Nobody refuses anything where no script says so: who hangs up in the middle of a login, or of TLS, has refused nothing. And one
    /// such end by itself costs nothing.
    private mutating func judgeLogins() {
        if script.isSingleCut, ![.whole, .confirmed].contains(ending) { flaws.append("a single cut is not survived: \(result)") }
        guard !script.refusesLogins else { return }
        switch result {
        case .success(let report):
            for part in report.sections.flatMap(\.state.unread) where "\(part)".contains("refuses the user") {
                flaws.append("unread for a refusal that there was not: \(part)")
            }
        case .failure(let error):
            guard let error = error as? KafkaError, [.authenticationFailed, .tls].contains(error.code) else { return }
            flaws.append("a refusal that there was not: \(error)")
        }
    }

    mutating func judge(_ repository: Repository) async throws {
        judgeLogins()
        let published = try await repository.snapshots()
        switch result {
        case .success(let report):
            let expected = Set([before, report.snapshot].compactMap(\.self))
            if Set(published.map(\.id)) != expected { flaws.append("published: \(published.map(\.id))") }
            judge(report)
            for kind in Self.kinds {
                try await judge(kind.name, report.manifest, repository)
                try await judgeEvidence(kind.name, report.manifest, repository)
            }
        case .failure(let error):
            if published.map(\.id) != [before].compactMap(\.self) { flaws.append("an error, and yet a snapshot: \(error)") }
            let hints = [(error as? KafkaError)?.hint, (error as? RecoveryError)?.hint, (error as? RepositoryError)?.hint]
            if hints.compactMap(\.self).first?.isEmpty ?? true { flaws.append("an error that helps nobody: \(error)") }
        }
    }

    /// What a capture makes of the snapshot before it.
    private mutating func judge(_ report: CaptureReport) {
        if let confirmation = report.confirmation {
            if confirmation.snapshot != before { flaws.append("confirmed what was not there: \(confirmation.snapshot)") }
            for section in report.sections where !section.state.isComplete {
                flaws.append("\(section.kind.rawValue): confirmed, and not read as a whole: \(section.state)")
            }
        } else if before != nil, ending == .whole, !script.isSecured {
            // Nothing desired has changed; under rules another user took the one before, and saw more.
            flaws.append("a whole snapshot where the one before it was to be confirmed: \(report.manifest.certificate)")
        }
        // Of what was read in part, with the parts named, much may seem gone; of what was read as a whole nothing may.
        for shrunken in report.shrinkage where report.sections.first(where: { $0.kind == shrunken.kind })?.state.isComplete ?? true {
            flaws.append("suspect, and nothing is gone: \(report.manifest.certificate.reasons)")
        }
    }

    private mutating func judge(_ kind: KindName, _ manifest: Manifest, _ repository: Repository) async throws {
        guard let section = manifest.section(kind, .desired), let wanted = truth[kind]?.desired else {
            flaws.append("\(kind.rawValue): there is no section")
            return
        }
        var captured: [Document] = []
        for try await document in repository.documents(section.root) { captured.append(document) }
        // Nothing of what the scripts do changes anything desired: what is there must be right, whatever the state says.
        for document in captured where !wanted.contains(document) {
            let isNamed = section.state.unread.contains { $0.what.contains("\(document.id)") }
            if !isNamed { flaws.append("\(kind.rawValue): captured, and not what the cluster holds: \(document)") }
        }
        let missing = wanted.map(\.id).filter { id in !captured.contains { $0.id == id } }
        if !missing.isEmpty, section.state.isComplete {
            flaws.append("\(kind.rawValue): lost without a word: \(missing)")
        }
        if !section.state.isComplete, ending == .whole { flaws.append("\(kind.rawValue): incomplete, and the certificate does not say so") }
    }
}

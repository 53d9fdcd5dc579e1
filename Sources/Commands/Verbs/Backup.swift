import Access
import ArgumentParser
import Recovery
import Resources
import SnapshotModel

struct Backup: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Takes a snapshot of a cluster.",
        discussion: """
            Nothing is changed on the cluster. A snapshot of an unchanged cluster costs a manifest and nothing else. Exit code 10 \
            says that something could not be read, 11 that implausibly much is gone since the last snapshot: the snapshot is \
            there, and names it. --accept-shrinkage says, for one run, that a loss is meant: the snapshot records it, and later ones are \
            compared with it.

            With --confirm-unchanged a cluster that is as its newest snapshot of the same selection holds it (log ends, lag and members may \
            have moved) gets no new snapshot; that one's record says that it holds still, and until when.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var selection: SelectionOptions
    @Option(name: .customLong("tag"), help: ArgumentHelp("A word to find the snapshot by. May be repeated.", valueName: "word"))
    var tags: [String] = []
    @Flag(help: "Lets a cluster with another id continue the repository's snapshots, as after a disaster.")
    var acceptNewCluster = false
    @Flag(help: "Where the cluster is as its newest snapshot of this selection holds it, record that in place of another snapshot.")
    var confirmUnchanged = false
    @Option(
        help: ArgumentHelp(
            "Accepts that most of this kind is gone for good: the snapshot is not suspect for it. May be repeated.", valueName: "kind"))
    var acceptShrinkage: [String] = []
    @OptionGroup var metrics: MetricsFileOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode { try await metrics.leaving(desk) { try await perform(desk, $0) } }

    private func perform(_ desk: Desk, _ record: OneShotRecord) async throws -> ExitCode {
        let protected = try policy.chosen()
        record.tell { [name = protected?.name ?? ""] in OneShotSamples(cluster: name, job: .backup).ending($0, success: nil) }
        var options = Capture.Options(toolVersion: Release.version)
        options.selection = try selection.selection(protected)
        options.tags = tags.isEmpty ? protected?.backup?.tags ?? [] : tags
        options.acceptNewCluster = acceptNewCluster
        options.acceptedShrinkage = try accepted()
        options.confirmsAs = confirmUnchanged || protected.map { $0.backup?.confirmUnchanged ?? true } ?? false ? .backup : nil
        let store = try await repository.open(desk.shell, protected)
        let earlier = record.isAsked ? try await RecoveryPoints(of: store, options.selection) : nil
        if let earlier { record.tell { [name = protected?.name] in earlier.oneShotSamples(name, $0) } }
        desk.ifStopped("no snapshot was published; what was written so far is reused by the next backup")
        let report = try await connection.withSource(desk, protected) { [options] source in
            try source.refuseSchemasWithoutRegistry(options.selection)
            return try await Capture(
                source: source, repository: store, kinds: source.kinds, options: options, time: desk.shell.time,
                progress: { desk.show($0) }
            ).run()
        }
        if let earlier { record.tell { [name = protected?.name] in report.oneShotSamples(name, $0, earlier) } }
        for warning in report.warnings { desk.warn(warning) }
        desk.answer(report.json) { BackupText(report).render($0) }
        return report.exitCode
    }

    private func accepted() throws(RecoveryError) -> Set<KindName> {
        var kinds: Set<KindName> = []
        for text in acceptShrinkage {
            let rule = try Selection.Rule(text)
            guard rule.glob == nil else {
                throw RecoveryError(
                    .usage, "--accept-shrinkage takes a kind, and '\(text)' is more than that",
                    hint: "give `--accept-shrinkage \(rule.kind)`.")
            }
            kinds.insert(rule.kind)
        }
        return kinds
    }
}

extension CaptureReport {
    var exitCode: ExitCode {
        switch manifest.certificate.grade {
        case .stable, .moved: .success
        case .partial: .partial
        case .suspect: .suspect
        }
    }

    /// `tidemark.backup/1`.
    var json: JSON {
        .object([
            "schema": "tidemark.backup/1", "snapshot": .text(snapshot.description),
            "parent": parent.map { .text($0.description) } ?? .null, "clusterId": .text(manifest.clusterID),
            "unchanged": .bool(isUnchanged), "confirmed": confirmation.map { .text($0.last.description) } ?? .null,
            "certificate": manifest.certificate.json, "acceptedShrinkage": manifest.acceptedShrinkageOutline,
            "sections": .array(
                sections.map {
                    .object([
                        "kind": .text($0.kind.rawValue), "desired": .integer($0.desired), "evidence": .integer($0.evidence),
                        "state": $0.state.json, "evidenceState": $0.evidenceState.json, "gaps": .integer($0.gaps),
                    ])
                }),
            "objectsWritten": .integer(objectsWritten), "objectsReused": .integer(objectsReused),
            "bytesWritten": .integer(bytesWritten), "calls": .integer(calls),
            "milliseconds": .integer(duration.wholeMilliseconds), "warnings": .array(warnings.map { .text($0) }),
        ])
    }
}

/// A backup's report for people.
struct BackupText {
    let report: CaptureReport

    init(_ report: CaptureReport) { self.report = report }

    func render(_ style: Style) -> String {
        var table = Table([.init("kind"), .init("resources", .right), .init("state")])
        for section in report.sections {
            let state = section.state.brief + (section.gaps > 0 ? "; \(Units.count(section.gaps, "gap"))" : "")
            table.add(.init(section.kind.rawValue), .init(section.desired), .init(state, section.state.isComplete ? .plain : .warning))
        }
        let grade = report.manifest.certificate.grade
        var text = table.render(style) + "\n"
        text += "Snapshot \(style(report.snapshot.short, .strong)) is \(style(grade.rawValue, grade.tone)) "
        // What a snapshot lacks is no change of what it has.
        let isRepeated = report.isUnchanged && grade != .suspect
        text +=
            report.confirmation.map { confirmation in
                (report.manifest.certificate.isWhole ? "and what the cluster holds still" : "and just what was found again")
                    + ": confirmed until \(Units.moment(confirmation.last)), no other is published"
            }
            ?? (isRepeated ? "and holds what the one before it holds" : "and is published")
        text +=
            ": \(Units.count(report.calls, "call")), \(Units.count(report.objectsWritten, "new object")), "
            + "\(Units.bytes(report.bytesWritten)), \(Units.duration(report.duration)).\n"
        for reason in report.manifest.certificate.reasons { text += "  - \(Printable.escape(reason))\n" }
        for spot in report.manifest.blindSpots { text += "  - \(Printable.escape(spot))\n" }
        for section in report.sections {
            for line in section.evidenceState.untold(section.kind) { text += "  - \(Printable.escape(line))\n" }
        }
        for shrinkage in report.manifest.acceptedShrinkage { text += "  - accepted: \(Printable.escape(shrinkage.description))\n" }
        return text + (hint.map { "hint: \($0)\n" } ?? "")
    }
}

extension BackupText {
    /// What to do about a snapshot that is not what it should be.
    private var hint: String? {
        switch report.manifest.certificate.grade {
        case .stable, .moved: nil
        case .partial: report.partialHint
        case .suspect: report.suspicionHint("tidemark backup …")
        }
    }
}

extension Certificate.Grade {
    var tone: Style.Tone {
        switch self {
        case .stable, .moved: .good
        case .partial: .warning
        case .suspect: .bad
        }
    }
}

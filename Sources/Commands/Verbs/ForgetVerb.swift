import Access
import ArgumentParser
import Bytes
import Policies
import Recovery
import Repository
import SnapshotModel

/// `tidemark forget`.
struct ForgetVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Takes snapshots out of a repository, by rules or by name.",
        discussion: """
            With rules, each lineage (the snapshots of one cluster) is decided by itself, and a snapshot stays that any rule keeps. \
            Whatever the rules say, the newest one stays, the last complete one, those that are pinned or being restored from, and those \
            that hold what a later, suspect one lacks. Named snapshots are forgotten all together, or none of them where one must stay.

            Only the snapshots go: what they alone needed is freed by --prune or `tidemark prune`. Without a terminal nobody can be asked: \
            give --yes.
            """)

    @Argument(help: ArgumentHelp("latest~2, the beginning of an id, or @2026-11-23T10:00Z; instead of rules.", valueName: "snapshot"))
    var references: [String] = []
    @OptionGroup var retention: RetentionOptions
    @Option(name: .customLong("tag"), help: ArgumentHelp("Count and forget only those that carry it. May be repeated.", valueName: "word"))
    var tags: [String] = []
    @Option(help: ArgumentHelp("Only the snapshots of this cluster, by one of its ids, now or formerly.", valueName: "cluster id"))
    var lineage: String?
    @Flag(name: [.customShort("n"), .long], help: "Say what would be forgotten and why the others stay, and change nothing.")
    var dryRun = false
    @Flag(inversion: .prefixedNo, help: "Free what no snapshot needs any more; else the policy says it, where its rules count.")
    var prune: Bool?
    @Flag(name: [.short, .long], help: "Forget without asking.")
    var yes = false
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !references.isEmpty else { return }
        if retention.isGiven || retention.timeZone != nil || !tags.isEmpty || lineage != nil {
            throw ValidationError("snapshots are forgotten by name or by rules (--keep-…, --tag, --lineage), not by both.")
        }
    }

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("no snapshot was forgotten")
        let protected = try policy.chosen()
        let store = try await repository.open(desk.shell, protected)
        var forget = Forget(repository: store, choice: try await choice(store, protected), holder: "tidemark forget")
        forget.tags = tags
        forget.clusterID = lineage.map { ByteString($0) }
        if lineage == nil, references.isEmpty, let protected {
            forget.clusterID = try await ClusterSettings(protected).lineage(of: protected.name, in: store, desk.shell.world)
        }
        let clock = try retention.clock(protected)
        forget.offset = { clock.offset(at: $0) }
        forget.isRehearsal = true
        let proposal = try await forget.run()
        if case .named(let ids) = forget.choice { try refuseProtected(proposal, ids) }
        if dryRun {
            desk.answer(proposal.json) { ForgetText(proposal).render($0) }
            return exitCode(proposal)
        }
        var isShown = false
        if !yes, !proposal.forgotten.isEmpty {
            if !desk.options.json { desk.answer(proposal.json) { ForgetText(proposal).table($0) } }
            isShown = !desk.options.json
            guard try await approve(proposal, store, desk) else { return .interrupted }
        }
        forget.isRehearsal = false
        forget.approved = Set(proposal.forgotten.map(\.id))
        let report = try await forget.run { done, count in
            desk.ifStopped("forgotten: \(Units.count(done)) of \(Units.count(count, "snapshot")); give the same again")
            desk.progress.show("forgetting", "\(Units.count(done)) of \(Units.count(count))")
        }
        let pruned = try await free(store, report, protected, desk)
        desk.answer(report.json(pruned: pruned)) { style in
            (isShown ? ForgetText(report).summary(style) : ForgetText(report).render(style))
                + (pruned.map { PruneText($0).render(style) } ?? "")
        }
        return exitCode(report)
    }

    private func choice(_ store: Repository, _ protected: ProtectedCluster?) async throws -> Forget.Choice {
        guard !references.isEmpty else { return .rules(try retention.rules(protected)) }
        var ids: Set<SnapshotID> = []
        for reference in references { ids.insert(try await named(reference, in: store)) }
        return .named(ids)
    }

    /// Elsewhere suspect and narrowed snapshots are passed over. Whoever wants to be rid of one may mean just these: where that makes a
    /// difference, only an id will do.
    private func named(_ reference: String, in store: Repository) async throws -> SnapshotID {
        let id = try await store.resolve(reference)
        guard let choice = try? await store.choose(reference), choice.id == id else {
            throw UsageError(
                "\(reference) is not clear here: counting every snapshot it is \(id.short), and others pass over those that are suspect or "
                    + "narrowed; nothing was forgotten",
                hint: "give the id, or latest:any~n where every one shall count; `tidemark snapshots` lists them, the newest first.")
        }
        return id
    }

    /// Whoever names a snapshot means that one: where it must stay, nothing is done.
    private func refuseProtected(_ proposal: ForgetReport, _ ids: Set<SnapshotID>) throws {
        let refused = proposal.kept.filter { ids.contains($0.id) }
        guard let first = refused.first else { return }
        throw RecoveryError(
            .conflict,
            "\(refused.map { "snapshot \($0.id.short) must stay (\($0.reasons))" }.joined(separator: "; ")); nothing was forgotten",
            hint: first.verdict.reasons.contains(.pinned)
                ? "`tidemark unpin \(first.id.short)` first, if it is really to go."
                : "leave it out; a newer snapshot that holds as much lets it go.")
    }

    private func approve(_ proposal: ForgetReport, _ store: Repository, _ desk: Desk) async throws -> Bool {
        // Nobody can approve what they could not read.
        try OutputLoss.refuse(desk.shell, "no snapshot was forgotten")
        desk.progress.clear()
        switch try await Approval(shell: desk.shell).ask(
            "Forget \(Units.count(proposal.forgotten.count, "snapshot")) in \(store.storage.name)?")
        {
        case .yes: return true
        case .no:
            desk.shell.remark("no snapshot was forgotten.")
            return false
        case .unasked:
            throw UsageError(
                "\(Units.count(proposal.forgotten.count, "snapshot")) would be forgotten, and nobody is at a terminal to agree; none was",
                hint: "see what would go with --dry-run, then give --yes.")
        }
    }

    private func free(_ store: Repository, _ report: ForgetReport, _ protected: ProtectedCluster?, _ desk: Desk) async throws
        -> PruneReport?
    {
        let isPolicys = references.isEmpty && !retention.isGiven && protected?.retention?.prune == true
        guard prune ?? isPolicys else { return nil }
        let standing =
            "forgotten: \(Units.count(report.forgotten.count, "snapshot")); what nothing else needs is freed by the next `tidemark prune`"
        do {
            return try await PruneVerb.run(Prune(repository: store, holder: "tidemark forget --prune"), desk, before: standing)
        } catch {
            if !(error is CancellationError) { desk.warn(standing) }
            throw error
        }
    }

    private func exitCode(_ report: ForgetReport) -> ExitCode { report.unreadable.isEmpty ? .success : .repositoryDamaged }
}

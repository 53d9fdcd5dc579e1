import Bytes
import Repository
import Resources
import Seams
import SnapshotModel

/// The write-ahead record of a run, kept under `runs/<id>/` in the repository: the plan, then for each batch what is about to
/// be done and what came of it. After a crash the target is observed anew; the journal says what may have happened.
actor Journal {
    /// Outcomes are written when so many are new, or when the oldest that is not written yet is so old.
    static let longestSegment = 200
    static let longestDelay = Duration.seconds(1)

    private let repository: Repository
    private let run: String
    private let time: any TimeSource
    private let lease: RestoreLease
    private var segment = 0
    private(set) var entries: [RunReport.Entry] = []
    /// How many of the entries are written.
    private var written = 0
    private var lastWrite: Duration
    /// What failed beside the steps themselves, such as putting a registry's mode back.
    private(set) var problems: [String] = []

    init(_ repository: Repository, run: String, time: any TimeSource, lease: RestoreLease) {
        self.repository = repository
        self.run = run
        self.time = time
        self.lease = lease
        lastWrite = time.uptime()
    }

    /// - Parameter unfinished: what earlier runs left, by kind, so that nobody has to read their journals again.
    func begin(_ plan: Plan, unfinished: [KindName: EarlierWork] = [:]) async throws {
        var fields = plan.json.object ?? [:]
        fields["existing"] = .text(plan.options.existing.rawValue)
        fields["unfinished"] = .object(
            Dictionary(uniqueKeysWithValues: unfinished.map { (ByteString($0.key.rawValue), $0.value.json) }))
        try await write("plan", .object(fields))
    }

    /// Synced before a single step of the batch is sent.
    func intend(_ steps: [Step]) async throws {
        try await lease.check()
        try await append(.object(["intent": .array(steps.map(\.json))]))
    }

    /// What was there of what is about to be changed for the time of the work, or that it is there again.
    func note(_ kind: KindName, _ interim: Interim) async throws {
        switch interim {
        case .changing(let settings):
            try await lease.check()
            let former = settings.map { setting in
                JSON.object([
                    "kind": .text(kind.rawValue), "id": setting.id.json, "body": setting.body ?? .null,
                    "observed": .bool(setting.isObserved),
                ])
            }
            try await append(.object(["former": .array(former)]))
        case .undoing:
            do {
                try await lease.check()
            } catch {
                // A store that does not answer now is no reason to leave it as it is; that somebody else may be at it is.
                if (error as? RepositoryError)?.code == .leaseLost { throw error }
                try await lease.checkLately()
            }
        case .restored(let ids):
            try await append(.object(["restored": .array(ids.map { .object(["kind": .text(kind.rawValue), "id": $0.json]) })]))
        }
    }

    func note(problem: String) { problems.append(problem) }

    func record(_ step: Step, _ outcome: StepOutcome) async throws {
        entries.append(RunReport.Entry(step: step, outcome: outcome))
        // Between two batches nobody asks: a machine that stood still must not go on where another may have begun.
        try await lease.checkLately()
        if entries.count - written >= Self.longestSegment || time.uptime() - lastWrite >= Self.longestDelay { try await settle() }
    }

    /// Says the same of all of `steps` that nothing is said of yet. Nothing is written.
    func close(_ steps: [Step], _ outcome: StepOutcome) {
        let told = Set(entries.map(\.step))
        entries += steps.filter { !told.contains($0) }.map { RunReport.Entry(step: $0, outcome: outcome) }
    }

    /// Writes the outcomes that are not written yet.
    func settle() async throws {
        let fresh = entries[written...]
        guard !fresh.isEmpty else { return }
        // Before the write suspends: nothing may be written twice.
        written = entries.count
        let outcomes = JSON.array(
            fresh.map { entry in
                .object([
                    "kind": .text(ByteString(entry.step.kind.rawValue)), "id": entry.step.id.json,
                    "action": .text(ByteString(entry.step.action)), "result": entry.outcome.json,
                ])
            })
        do {
            try await append(.object(["outcomes": outcomes]))
        } catch {
            // They belong into the next segment, if there is one.
            written = min(written, fresh.startIndex)
            throw error
        }
    }

    func finish(_ report: RunReport) async throws { try await write("report", report.json) }

    private func append(_ record: JSON) async throws {
        segment += 1
        let number = String(segment)
        lastWrite = time.uptime()
        try await write("journal-" + String(repeating: "0", count: max(0, 6 - number.count)) + number, record)
    }

    private func write(_ name: String, _ record: JSON) async throws {
        try await repository.putRun(run, "\(name).json", record.canonicalBytes + [UInt8(ascii: "\n")])
    }
}

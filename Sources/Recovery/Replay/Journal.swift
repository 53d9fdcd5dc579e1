import Bytes
import Repository
import Resources
import SnapshotModel

/// The write-ahead record of a run, kept under `runs/<id>/` in the repository: the plan, then for each batch what is about to
/// be done and what came of it. After a crash the target is observed anew; the journal says what may have happened.
actor Journal {
    private let repository: Repository
    private let run: String
    private var segment = 0
    private(set) var entries: [RunReport.Entry] = []
    /// What failed beside the steps themselves, such as putting a registry's mode back.
    private(set) var problems: [String] = []

    init(_ repository: Repository, run: String) {
        self.repository = repository
        self.run = run
    }

    func begin(_ plan: Plan) async throws { try await write("plan", plan.json) }

    /// Synced before a single step of the batch is sent.
    func intend(_ steps: [Step]) async throws {
        try await append(.object(["intent": .array(steps.map(\.json))]))
    }

    func note(problem: String) { problems.append(problem) }

    func record(_ step: Step, _ outcome: StepOutcome) { entries.append(RunReport.Entry(step: step, outcome: outcome)) }

    /// Called once for each batch, with all that came of it so far.
    func settle(since count: Int) async throws {
        let fresh = entries.dropFirst(count).map { entry in
            JSON.object([
                "kind": .text(ByteString(entry.step.kind.rawValue)), "id": entry.step.id.json,
                "action": .text(ByteString(entry.step.action)), "result": entry.outcome.json,
            ])
        }
        try await append(.object(["outcomes": .array(fresh)]))
    }

    func finish(_ report: RunReport) async throws { try await write("report", report.json) }

    private func append(_ record: JSON) async throws {
        segment += 1
        let number = String(segment)
        try await write("journal-" + String(repeating: "0", count: max(0, 6 - number.count)) + number, record)
    }

    private func write(_ name: String, _ record: JSON) async throws {
        try await repository.putRun(run, "\(name).json", record.canonicalBytes + [UInt8(ascii: "\n")])
    }
}

import Bytes
import Repository
import SnapshotModel

/// What the journals of earlier restores tell about a target.
struct EarlierRuns {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    /// The resources of one kind that runs on the target of `plan` (the same cluster, a registry at one of the same URLs) meant to change
    /// and did not finish with, nor did a later run. A run without a report was killed; one whose report says that it was interrupted or
    /// that something failed has not finished either.
    ///
    /// A run that cannot be read is no evidence of anything.
    func begun(_ kind: KindName, like plan: Plan) async throws -> Set<ResourceID> {
        var runs: [String: [String]] = [:]
        for (run, name) in try await repository.runFiles() { runs[run, default: []].append(name) }
        var begun: Set<ResourceID> = []
        // A run's id begins with the time.
        for (run, names) in runs.sorted(by: { $0.key < $1.key }) {
            try Task.checkCancellation()
            guard let planned = await read(run, "plan.json"), isLike(plan, planned) else { continue }
            if names.contains("report.json") {
                guard let verdict = (await read(run, "report.json"))?["verdict"]?.text else { continue }
                if verdict != Self.interrupted && verdict != Self.failed {
                    begun.subtract(Self.ids(planned["expected"]?[ByteString(kind.rawValue)]))
                    continue
                }
            }
            for name in names where name.hasPrefix("journal-") {
                let intent = (await read(run, name))?["intent"]?.array ?? []
                begun.formUnion(Self.ids(.array(intent.filter { $0["kind"]?.text == ByteString(kind.rawValue) })))
            }
        }
        return begun
    }

    private static let interrupted = ByteString(RunReport.Verdict.interrupted.rawValue)
    private static let failed = ByteString(RunReport.Verdict.validationFailed.rawValue)

    private func isLike(_ plan: Plan, _ planned: JSON) -> Bool {
        let registries = Set((planned["registries"]?.array ?? []).compactMap(\.text))
        return planned["target"]?.text == plan.targetClusterID && !registries.isDisjoint(with: plan.registryURLs)
    }

    private static func ids(_ items: JSON?) -> [ResourceID] {
        (items?.array ?? []).compactMap { $0["id"].flatMap { ResourceID(json: $0) } }
    }

    private func read(_ run: String, _ name: String) async -> JSON? {
        guard let bytes = try? await repository.getRun(run, name) else { return nil }
        return try? JSON.parse(bytes)
    }
}

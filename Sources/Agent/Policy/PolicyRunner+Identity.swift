import Access
import Policies
import Recovery
import Resources

extension PolicyRunner {
    /// Longer is not waited for an answer: a run that needs the cluster says what is wrong with it.
    private static let patience: Duration = .seconds(10)

    func seenClusterID(of name: String) -> String? { identities.withLockedValue { $0[name] } }

    func clusterID(of name: String) async -> String? {
        if let known = seenClusterID(of: name) { return known }
        guard let cluster = clusters[name] else { return nil }
        let found = try? await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                try await ClusterSettings(cluster).withSource(world) { try await $0.client.describeCluster().clusterID?.escaped }
            }
            group.addTask {
                try await world.time.sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let id = found ?? nil else { return nil }
        identities.withLockedValue { $0[name] = id }
        return id
    }

    func selection(of job: Job, in cluster: String) -> String? {
        guard job == .backup, let rules = clusters[cluster]?.backup?.selection else { return nil }
        func list(_ rules: [Selection.Rule]) -> String { rules.map(\.description).sorted().joined(separator: ", ") }
        return "only [\(list(rules.only))] except [\(list(rules.except))]"
    }
}

import Bytes
import Policies

/// What of a policy's clusters does not go together where they name one repository.
struct SharedRepositories {
    let clusters: [ProtectedCluster]

    /// Adds it to the reports of the clusters that it is about.
    ///
    /// - Parameter ids: of those that told.
    func judge(_ reports: inout [TrialReport], _ ids: [String: ByteString]) {
        for (index, report) in reports.enumerated() {
            guard let cluster = clusters.first(where: { $0.name == report.cluster }) else { continue }
            for other in clusters where other.name != cluster.name && Self.folder(other) == Self.folder(cluster) {
                if let id = ids[cluster.name], let otherID = ids[other.name], id != otherID {
                    reports[index].fail(
                        "repository",
                        Explanation(
                            message:
                                "\(cluster.repository) is also the repository of \(other.name), which is another cluster (\(otherID); this is "
                                + "\(id)): the backups of one of them are refused",
                            hint: "give each cluster a repository of its own.", exitCode: .conflict))
                }
                guard let plan = cluster.retention, let otherPlan = other.retention else { continue }
                guard plan.rules != otherPlan.rules || plan.cadence.timeZone != otherPlan.cadence.timeZone else { continue }
                reports[index].fail(
                    "retention",
                    Explanation(
                        message:
                            "\(other.name) forgets in the same repository, \(cluster.repository), by other rules: what one keeps the other "
                            + "forgets",
                        hint: "give both the same rules, or leave retention to one of them.", exitCode: .conflict))
            }
        }
    }

    /// Two spellings of one place are found where only slashes and `file://` differ.
    private static func folder(_ cluster: ProtectedCluster) -> [Substring] {
        let text = cluster.repository
        return (text.hasPrefix("file://") ? text.dropFirst(7) : text[...]).split(separator: "/", omittingEmptySubsequences: true).filter {
            $0 != "."
        }
    }
}

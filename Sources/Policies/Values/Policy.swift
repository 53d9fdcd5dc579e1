import Bytes

/// One policy file: protected clusters, and how the agent runs. Values only; see ``PolicyFile`` for how they are read.
public struct Policy: Sendable, Hashable {
    /// Of the file's format; 1.
    public var version = 1
    public var agent = AgentSettings()
    /// Who is told about any of the clusters, beside what a cluster names itself.
    public var notifications: [Notification] = []
    /// In the file's order; their names differ. At least one.
    public var clusters: [ProtectedCluster] = []

    public init() {}

    /// The cluster of that name; without a name the only one. Throws naming those that there are.
    public func cluster(_ name: String?) throws(PolicyError) -> ProtectedCluster {
        let names = clusters.map(\.name).joined(separator: ", ")
        if let name {
            if let cluster = clusters.first(where: { $0.name == name }) { return cluster }
            let near = Nearest.to(name, among: clusters.map(\.name)).map { "did you mean \($0)? " } ?? ""
            throw PolicyError("the policy has no cluster named '\(name)'", hint: "\(near)it has \(names).")
        }
        guard clusters.count == 1 else {
            throw PolicyError("the policy has \(clusters.count) clusters, and none is named", hint: "give --cluster with one of \(names).")
        }
        return clusters[0]
    }
}

/// How the agent itself runs.
public struct AgentSettings: Sendable, Hashable {
    /// Where metrics and health are served; nil: nowhere.
    public var listen: ListenAddress?
    /// How long a step under way may take to end after SIGTERM.
    public var stopWithin = Duration.seconds(30)
    /// The pause after a first failure of a cluster's job; doubled with each further one up to `longestBackoff`.
    public var backoff = Duration.seconds(30)
    public var longestBackoff = Duration.seconds(15 * 60)
    /// How many clusters are worked on at a time; 1 or more.
    public var parallel = 4

    public init() {}
}

extension Policy: PolicyRecord {
    static let title = "policy"
    static let summary = "The file as a whole."

    mutating func list(_ keys: inout some KeyVisitor) {
        keys.required("version", &version, .integer(1...1), "Of the file's format: 1.")
        keys.key("agent", &agent, .record(AgentSettings.self), "How the agent itself runs.")
        keys.key("notifications", &notifications, .list(of: .record(Notification.self)), "Who is told about every cluster.")
        keys.required("clusters", &clusters, .list(of: .record(ProtectedCluster.self), atLeast: 1), "What is protected.")
        keys.demand("clusters", Self.twice(clusters))
    }

    private static func twice(_ clusters: [ProtectedCluster]) -> Remark? {
        var seen = Set<String>()
        let twice = Set(clusters.map(\.name).filter { !$0.isEmpty && !seen.insert($0).inserted }).sorted()
        return twice.isEmpty
            ? nil : Remark(message: "several clusters are named \(twice.joined(separator: ", "))", hint: "give each a name of its own.")
    }
}

extension AgentSettings: PolicyRecord {
    static let title = "agent"
    static let summary = "Of `tidemark agent`; commands do without."

    mutating func list(_ keys: inout some KeyVisitor) {
        keys.key(
            "listen", &listen, .listen,
            "Where metrics and health are served (docs/metrics.md); a port alone is of 127.0.0.1. Nothing is asked of whoever reads them, so others than this host need a reason. Read when the agent begins."
        )
        keys.key("stopWithin", &stopWithin, .duration(.zero ... .seconds(3600)), "How long a step under way may take to end after SIGTERM.")
        keys.key(
            "backoff", &backoff, .duration(.seconds(1) ... .seconds(86_400)),
            "The pause after a job's first failure, or the time between two runs where that is shorter; it doubles with each further failure."
        )
        keys.key(
            "longestBackoff", &longestBackoff, .duration(.seconds(1) ... .seconds(86_400)),
            "What the pause grows to at most, or ten times the time between two runs where that is shorter.")
        keys.key("parallel", &parallel, .integer(1...256), "How many clusters are worked on at a time.")
        keys.demand(
            "longestBackoff",
            longestBackoff < backoff
                ? Remark(message: "the longest pause is shorter than the first", hint: "write at least \(backoff.words).") : nil)
    }
}

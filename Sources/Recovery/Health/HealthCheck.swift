import Bytes
import KafkaClient
public import Resources
import SnapshotModel

/// Asks a cluster how it is. Each check stands for itself, but where one makes the rest meaningless the rest is left out.
public struct HealthCheck: Sendable {
    public enum Probe: String, Sendable, CaseIterable {
        /// Every broker that metadata names answers.
        case liveness
        /// Metadata is readable, every partition has a leader and all its replicas in sync.
        case readiness
        /// A first contact: one broker answers.
        case startup
        /// All of it, the quorum, groups and the schema registry too.
        case full
    }

    /// How many subjects a finding names.
    public static let listed = 20

    let source: Source
    private let found: @Sendable (Finding) -> Void

    /// `found` is told each finding as soon as it stands, for who may run out of time.
    public init(_ source: Source, found: @escaping @Sendable (Finding) -> Void = { _ in }) {
        self.source = source
        self.found = found
    }

    /// Never throws for what it is there to find; only for cancellation.
    public func run(_ probe: Probe) async throws -> HealthReport {
        var findings: [Finding] = []
        func add(_ finding: Finding) {
            findings.append(finding)
            found(finding)
        }
        let (contact, cluster) = try await contact()
        add(contact)
        guard let cluster else { return HealthReport(findings: findings) }
        if probe == .startup { return HealthReport(findings: findings) }
        add(try await brokers(cluster))
        if probe == .liveness { return HealthReport(findings: findings) }
        add(
            cluster.controllerID.map { Finding(check: "controller", severity: .ok, detail: "broker \($0)") }
                ?? Finding(check: "controller", severity: .warning, detail: "no controller is known"))
        for finding in try await partitions(cluster) { add(finding) }
        if probe == .full {
            add(try await quorum())
            add(try await groups())
            if let registry = try await registry() { add(registry) }
            if source.registry != nil { add(try await schemasTopic()) }
        }
        return HealthReport(findings: findings)
    }

    private func contact() async throws -> (Finding, ClusterDescription?) {
        do {
            let cluster = try await source.client.describeCluster()
            let name = cluster.clusterID.map { "\($0)" } ?? "without id"
            let detail = "cluster \(name), \(cluster.brokers.count.counted("broker"))"
            return (Finding(check: "contact", severity: .ok, detail: detail), cluster)
        } catch {
            try Task.checkCancellation()
            return (
                Finding(check: "contact", severity: .failure, detail: "\(error)", cause: Finding.Cause(of: error, else: .noContact)), nil
            )
        }
    }

    private func brokers(_ cluster: ClusterDescription) async throws -> Finding {
        var dead: [String] = []
        for broker in cluster.brokers.sorted(by: { $0.id < $1.id }) {
            do throws(KafkaError) {
                _ = try await source.client.supportedVersions(at: .broker(broker.id))
            } catch {
                try Task.checkCancellation()
                dead.append(error.message)
            }
        }
        if dead.isEmpty, !cluster.fenced.isEmpty {
            // Metadata does not name them any more. One that was taken away for good stays registered until it is unregistered: no failure.
            return Finding(
                check: "brokers", severity: .warning,
                detail: "\(cluster.brokers.count) of \(cluster.brokers.count) that are up answer; registered, and not up, are others",
                subjects: cluster.fenced.map { "broker \($0)" })
        }
        return dead.isEmpty
            ? Finding(check: "brokers", severity: .ok, detail: "\(cluster.brokers.count) of \(cluster.brokers.count) answer")
            : Finding(
                check: "brokers", severity: .failure,
                detail: "\(cluster.brokers.count - dead.count) of \(cluster.brokers.count) answer", subjects: dead)
    }

    private func partitions(_ cluster: ClusterDescription) async throws -> [Finding] {
        let topics: [TopicDescription]
        do {
            topics = try await source.client.describeTopics(nil)
        } catch {
            try Task.checkCancellation()
            return [Finding(check: "metadata", severity: .failure, detail: "\(error)", cause: Finding.Cause(of: error))]
        }
        let all = topics.flatMap { topic in topic.partitions.map { (name: "\(ResourceID(topic.name))-\($0.index)", partition: $0) } }
        let leaderless = all.filter { $0.partition.leader == nil }.map(\.name)
        let lagging = all.filter { $0.partition.leader != nil && $0.partition.inSyncReplicas.count < $0.partition.replicas.count }.map(
            \.name)
        let seen = "\(topics.count.counted("topic")), \(all.count.counted("partition"))"
        func finding(_ check: String, _ what: String, _ names: [String]) -> Finding {
            names.isEmpty
                ? Finding(
                    check: check, severity: .ok,
                    detail: all.count > 1 ? "all \(all.count) partitions \(what)" : "\(all.count.counted("partition")), \(what)")
                : Finding(
                    check: check, severity: .failure,
                    detail: "\(names.count) of \(all.count.counted("partition")) \(names.count == 1 ? "is" : "are") not \(what)",
                    subjects: Array(names.sorted().prefix(Self.listed)))
        }
        return [
            // All of nothing is well: a probe with hardly any rights must not look like one that saw everything.
            cluster.mayDescribe == false
                ? Finding(
                    check: "metadata", severity: .warning,
                    detail: """
                        \(seen); this user has no DESCRIBE on the cluster, without which others may be \
                        hidden from it
                        """)
                : Finding(check: "metadata", severity: .ok, detail: seen),
            finding("leaders", "led", leaderless), finding("in-sync", "in sync", lagging),
        ]
    }

    private func quorum() async throws -> Finding {
        do throws(KafkaError) {
            let quorum = try await source.client.describeQuorum()
            return Finding(
                check: "quorum", severity: quorum.leaderID >= 0 ? .ok : .failure,
                detail: "leader \(quorum.leaderID), \(quorum.voters.count.counted("voter")), \(quorum.observers.count.counted("observer"))")
        } catch  where error.code == .unsupported {
            return Finding(check: "quorum", severity: .ok, detail: "this cluster has no metadata quorum to ask")
        } catch  where error.code.isNotAuthorized {
            // The same right says whether the lists above are whole: brokers leave out in silence what the caller may not see.
            return Finding(
                check: "quorum", severity: .warning,
                detail: "reading it needs DESCRIBE on the cluster, without which topics and groups may be hidden from this user")
        } catch {
            try Task.checkCancellation()
            return Finding(check: "quorum", severity: .failure, detail: error.message, cause: Finding.Cause(of: error))
        }
    }

    private func groups() async throws -> Finding {
        do {
            let groups = try await source.client.listGroups()
            return groups.unread.isEmpty
                ? Finding(check: "groups", severity: .ok, detail: groups.value.count.counted("group"))
                : Finding(
                    check: "groups", severity: .failure, detail: "\(groups.unread.count.counted("broker")) did not list the groups",
                    subjects: groups.unread.prefix(Self.listed).map { "\($0.subject): \($0.error.message)" })
        } catch {
            try Task.checkCancellation()
            return Finding(check: "groups", severity: .failure, detail: "\(error)", cause: Finding.Cause(of: error))
        }
    }

    private func registry() async throws -> Finding? {
        guard let registry = source.registry else { return nil }
        do {
            let subjects = try await registry.subjects()
            return Finding(check: "registry", severity: .ok, detail: subjects.count.counted("subject"))
        } catch {
            try Task.checkCancellation()
            return Finding(check: "registry", severity: .failure, detail: "\(error)", cause: Finding.Cause(of: error))
        }
    }
}

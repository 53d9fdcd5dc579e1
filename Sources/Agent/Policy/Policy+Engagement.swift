public import Access
public import Policies
import KafkaClient
import Seams

extension Engagement {
    /// What `policy` means to an agent.
    ///
    /// - Parameters:
    ///   - names: only these of its clusters; empty: all. Throws `PolicyError` where the policy has no such cluster.
    ///   - explain: an error in words for people and scripts.
    public init(
        _ policy: Policy, only names: [String] = [], _ world: World, toolVersion: String,
        explain: @escaping @Sendable (any Error) -> Failure
    ) throws(PolicyError) {
        for name in names { _ = try policy.cluster(name) }
        let clusters = policy.clusters.filter { names.isEmpty || names.contains($0.name) }
        let rules = AgentRules(
            clusters: clusters.map { ClusterRules(name: $0.name, jobs: $0.jobs, place: $0.place) }, backoff: policy.agent.backoff,
            longestBackoff: policy.agent.longestBackoff, parallel: policy.agent.parallel, stopWithin: policy.agent.stopWithin)
        var receivers: [String: [Receiver]] = [:]
        var remarks: [Failure] = []
        func remark(_ message: String, hint: String) {
            let remark = Failure(message, hint: hint, exitCode: 64)
            if !remarks.contains(remark) { remarks.append(remark) }
        }
        for cluster in clusters {
            for flaw in cluster.remarks { remark(flaw.place, hint: flaw.hint) }
            // Settings that cannot be used at all are what each run fails by.
            for warning in (try? ClusterSettings(cluster).warnings(world)) ?? [] {
                remark("\(cluster.name): \(warning)", hint: "docs/cli.md has the keys that are known.")
            }
            let all = policy.notifications.enumerated().map { ("notifications[\($0.offset)]", $0.element) }
            let own = cluster.notifications.enumerated().map { ("\(cluster.name).notifications[\($0.offset)]", $0.element) }
            var told: [Receiver] = []
            for (place, notification) in all + own {
                guard let receiver = notification.receiver(named: place) else { continue }
                told.append(receiver)
                do {
                    _ = try receiver.address(world.environment)
                } catch {
                    remark("somebody could not be told now: \(error.message)", hint: error.hint)
                }
            }
            receivers[cluster.name] = told
        }
        self.init(
            rules: rules,
            runner: PolicyRunner(
                clusters: Dictionary(clusters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }), world: world,
                toolVersion: toolVersion, words: explain),
            receivers: receivers, remarks: remarks)
    }
}

extension ProtectedCluster {
    /// What of it has a schedule.
    var jobs: [Job: JobRules] {
        var jobs: [Job: JobRules] = [:]
        func add(_ job: Job, _ cadence: Cadence?, _ timeLimit: Duration?) {
            if let schedule = cadence?.schedule { jobs[job] = JobRules(schedule: schedule, timeLimit: timeLimit) }
        }
        add(.backup, backup?.cadence, backup?.timeLimit)
        add(.offsets, backup?.offsets?.cadence, backup?.offsets?.timeLimit)
        add(.retention, retention?.cadence, retention?.timeLimit)
        add(.check, check?.cadence, check?.timeLimit)
        return jobs
    }
}

extension Policies.Notification {
    /// Nil where it names no channel. Its secrets are looked up for each delivery.
    func receiver(named name: String) -> Receiver? {
        guard let channel else { return nil }
        let meant: Receiver.Channel =
            switch channel {
            case .webhook(let url, let headers): .webhook(url: url, headers: headers)
            case .slack(let url): .slack(url: url)
            case .sendmail(let program, let to, let from): .sendmail(program: program, to: to, from: from)
            case .command(let words): .command(words)
            }
        let events = Set(on.compactMap { Notice.Event(rawValue: $0.rawValue) })
        return Receiver(name: name, channel: meant, events: events, timeLimit: timeLimit)
    }
}

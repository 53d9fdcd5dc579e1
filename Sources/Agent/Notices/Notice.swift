import Bytes
public import Seams
public import SnapshotModel

/// What somebody is told: a job of a cluster is in trouble, or is well again. Told once for each change, not for each run.
public struct Notice: Sendable, Hashable {
    public enum Event: String, Sendable, CaseIterable {
        /// A run failed, and since the last one that ended well none did in this way.
        case failure
        /// A schedule passed and nothing ran.
        case missed
        /// A job that had failed or was missed is well again.
        case recovery
    }

    public var event: Event
    public var cluster: String
    public var job: Job
    /// Of a failure its exit code, as docs/cli.md lists them; nil of anything else.
    public var code: Int32?
    /// One sentence, without secrets.
    public var message: String
    /// What to do; nil where there is nothing to.
    public var hint: String?
    public var moment: Timestamp
    /// The agent that tells.
    public var agent: String

    public init(
        _ event: Event, cluster: String, job: Job, code: Int32? = nil, message: String, hint: String?, moment: Timestamp, agent: String
    ) {
        self.event = event
        self.cluster = cluster
        self.job = job
        self.code = code
        self.message = message
        self.hint = hint
        self.moment = moment
        self.agent = agent
    }

    /// What ``json`` gives; nil where it is something else.
    public init?(json: JSON) {
        func text(_ key: ByteString) -> String? { json[key]?.text?.validText }
        guard text("schema") == "tidemark.notice/1", let event = text("event").flatMap({ Event(rawValue: $0) }),
            let cluster = text("cluster"),
            let job = text("job").flatMap({ Job(rawValue: $0) }), let message = text("message"),
            let moment = text("moment").flatMap({ Timestamp($0) }), let agent = text("agent")
        else { return nil }
        self.init(
            event, cluster: cluster, job: job, code: json["code"]?.int64.flatMap { Int32(exactly: $0) }, message: message,
            hint: text("hint"), moment: moment, agent: agent)
    }

    /// A line such as `Tidemark: backup of production failed`.
    public var title: String {
        switch event {
        case .failure: "Tidemark: \(job) of \(cluster) failed"
        case .missed: "Tidemark: \(job) of \(cluster) was missed"
        case .recovery: "Tidemark: \(job) of \(cluster) is well again"
        }
    }

    /// The body of a webhook and the standard input of a command; `tidemark.notice/1` in docs/cli.md.
    public var json: JSON {
        .object([
            "schema": "tidemark.notice/1", "event": .text(event.rawValue), "cluster": .text(cluster), "job": .text(job.rawValue),
            "code": code.map { .integer(Int64($0)) } ?? .null, "title": .text(title), "message": .text(message),
            "hint": hint.map { .text($0) } ?? .null,
            "moment": .text(moment.description), "agent": .text(agent),
        ])
    }
}

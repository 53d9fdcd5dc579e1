import Bytes
import Monitoring
import NIOConcurrencyHelpers
public import Seams

/// What is answered to whoever asks how an agent is: metrics, and whether it lives, is ready, has started. A value of the moment, and no
/// secrets in it.
public struct MonitoringPages: Sendable {
    public struct Answer: Sendable, Hashable {
        public var status: Int
        public var contentType = "text/plain; charset=utf-8"
        /// Whether `Allow` says that only reading is.
        public var isReadOnly = false
        public var body: [UInt8]
    }

    private let agent: AgentService
    private let measures: Measures
    private let version: String
    private let time: any TimeSource
    private let began: Duration
    private let hasStarted = NIOLockedValueBox(false)

    /// The loop turns every 30 seconds at least: one that has not for three times as long is stuck.
    static let longestTurn = Duration.seconds(90)

    public init(_ agent: AgentService, _ measures: Measures, version: String, time: any TimeSource) {
        self.agent = agent
        self.measures = measures
        self.version = version
        self.time = time
        began = time.uptime()
    }

    public func answer(_ method: String, _ path: String, accept: String?) -> Answer {
        guard method == "GET" || method == "HEAD" else {
            return Answer(status: 405, isReadOnly: true, body: Array("only GET and HEAD are answered\n".utf8))
        }
        switch path {
        case "/metrics":
            let format = Exposition.Format.preferred(by: accept)
            return Answer(status: 200, contentType: format.contentType, body: Exposition.render(samples, as: format))
        case "/health/live": return health(liveness)
        case "/health/ready": return health(readiness)
        case "/health/startup": return health(startup)
        default: return Answer(status: 404, body: Array("there are /metrics, /health/live, /health/ready and /health/startup\n".utf8))
        }
    }

    private var samples: [Sample] {
        var samples = [Sample(.buildInfo, [.init(version)], 1)]
        if let turn = agent.sinceTurn { samples.append(Sample(.loopAge, turn)) }
        guard let status = agent.status else { return samples + [Sample(.ready, false)] }
        return samples + status.samples + measures.samples(status, at: time.uptime())
    }

    // MARK: Health

    private func health(_ verdict: (isWell: Bool, words: String)) -> Answer {
        Answer(status: verdict.isWell ? 200 : 503, body: Array("\(verdict.words)\n".utf8))
    }

    /// An agent that was begun a moment ago and has not turned yet lives, too.
    private var liveness: (Bool, String) {
        let turn = agent.sinceTurn ?? time.uptime() - began
        return (turn <= Self.longestTurn, "the loop last turned \(turn.words) ago")
    }

    private var readiness: (Bool, String) {
        guard let status = agent.status else { return (false, "no policy has been read") }
        if status.isStopping { return (false, "the agent is stopping") }
        let unknown = status.clusters.filter { !$0.isKnown }.map(\.name)
        return unknown.isEmpty
            ? (true, "\(status.clusters.count.counted("cluster")), and it is known when their jobs are due")
            : (false, "it is not known yet what is due of \(unknown.joined(separator: ", "))")
    }

    /// Once started, always so: what is not known again after a reload is readiness' business.
    private var startup: (Bool, String) {
        let ready = readiness
        return hasStarted.withLockedValue { hasStarted in
            hasStarted = hasStarted || ready.0
            return hasStarted ? (true, "started") : ready
        }
    }
}

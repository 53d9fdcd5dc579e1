import Access
import Agent
import ArgumentParser
import Glibc
import Logging
import Monitoring
import NIOConcurrencyHelpers
import Policies
import Seams
import ServiceLifecycle
import Web

/// `tidemark agent`.
struct AgentVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Runs what a policy says, on its schedules, until it is stopped.",
        discussion: """
            Backups, positions, retention and checks of every cluster of the policy. SIGHUP reads the policy again (one that cannot be \
            read is refused, and the one before kept); SIGTERM lets the runs under way end within the policy's limit, a second one \
            ends the process at once. Several agents may share a repository: one works at a time.

            With --listen, or where the policy says `agent.listen`, metrics and health are served over HTTP (docs/metrics.md).

            With --once it runs what is due, each job once, and ends with the worst of their exit codes: for cron and Kubernetes' CronJob.
            """)

    @Option(help: ArgumentHelp("The policy (docs/policy.md).", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var policy: String
    @Option(help: ArgumentHelp("Only this one of the policy's clusters; may be given several times.", valueName: "name"))
    var cluster: [String] = []
    @Flag(help: "Run what is due once, then end.")
    var once = false
    @Option(
        help: ArgumentHelp(
            "Where /metrics and /health are served; a port alone is of 127.0.0.1, off is nowhere. Else what the policy says.",
            valueName: "host:port"), transform: Listening.read)
    var listen: Listening?
    @OptionGroup var metrics: MetricsFileOptions
    @Option(help: ArgumentHelp("How log lines on standard error look: text or json.", valueName: "format"))
    var logFormat = LineLog.Format.text
    @OptionGroup var output: OutputOptions

    /// `--listen`.
    enum Listening: Equatable {
        case off
        case at(ListenAddress)

        @Sendable static func read(_ text: String) throws -> Listening {
            if text == "off" { return .off }
            if let address = ListenAddress(text) { return .at(address) }
            // Others take it for everybody, and a port alone is nobody but this host here.
            guard text.hasPrefix(":"), let port = UInt16(text.dropFirst()) else {
                throw ValidationError("it is no host:port: give 9464, 127.0.0.1:9464, [::1]:9464, or off.")
            }
            throw ValidationError(
                "it does not say who may ask: give 127.0.0.1:\(port) for this host alone, or 0.0.0.0:\(port) for everybody.")
        }
    }

    func validate() throws {
        if once, listen != nil { throw ValidationError("--once serves nothing: --metrics-file leaves its metrics.") }
        if !once, metrics.path != nil {
            throw ValidationError("--metrics-file is for --once; an agent that stays serves its metrics with --listen.")
        }
    }

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("runs that were under way are made good by the next ones")
        let logger = logger(desk.shell)
        let worst = NIOLockedValueBox(ExitCode.success)
        let measures = Measures()
        let service = AgentService(setup(desk, logger, worst, measures))
        if once {
            return try await metrics.leaving(desk) { record in
                record.tell { [time = desk.shell.time] _ in
                    service.status.map { $0.samples + measures.samples($0, at: time.uptime()) } ?? []
                }
                guard try await Self.runOnce(service, desk.shell.signals) else { throw CancellationError() }
                return worst.withLockedValue { $0 }
            }
        }
        let server = try address().map { address in
            MonitoringServer(MonitoringPages(service, measures, version: Release.version, time: desk.shell.time), at: address) { port in
                logger.info("serving metrics and health", metadata: ["host": "\(address.host)", "port": "\(port)"])
            }
        }
        let signals = desk.shell.signals.claim()
        let group = ServiceGroup(
            configuration: .init(
                services: (server.map { [.init(service: $0)] } ?? []) + [
                    // The last one is stopped first: how it stops is served to its end.
                    .init(service: Gated(service: service, server: server), successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: Self.quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await signal in signals {
                    switch signal {
                    case .stop: await group.triggerGracefulShutdown()
                    case .reload: service.reload()
                    }
                }
            }
            try await group.run()
            tasks.cancelAll()
        }
        return .success
    }

    /// Whether it was left to run to its end: after a signal nothing more is begun, and what is under way ends within the policy's limit.
    private static func runOnce(_ service: AgentService, _ signals: any SignalSource) async throws -> Bool {
        let arriving = signals.claim()
        let isStopped = NIOLockedValueBox(false)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await signal in arriving where signal == .stop {
                    isStopped.withLockedValue { $0 = true }
                    service.stop()
                }
            }
            try await service.run()
            tasks.cancelAll()
        }
        return !isStopped.withLockedValue { $0 }
    }

    /// Where metrics are served; nil: nowhere.
    private func address() throws(PolicyError) -> ListenAddress? {
        switch listen {
        case .off: nil
        case .at(let address): address
        case nil: try PolicyFile.read(policy).agent.listen
        }
    }

    /// The agent, which begins when its server listens: with a port that is taken nothing is begun.
    private struct Gated: Service {
        let service: AgentService
        let server: MonitoringServer?

        func run() async throws {
            try await server?.waitUntilListening()
            try await service.run()
        }
    }

    /// ServiceLifecycle speaks of services; operators are told of runs.
    private static var quiet: Logger { Logger(label: "tidemark.services") { _ in SwiftLogNoOpLogHandler() } }

    private func logger(_ shell: Shell) -> Logger {
        let isForJournal = shell.variable("JOURNAL_STREAM") != nil
        var logger = Logger(label: Release.name) { [logFormat] _ in
            LineLog(sink: shell.errors, time: shell.time, format: logFormat, isForJournal: isForJournal)
        }
        logger.logLevel = output.quiet ? .warning : output.verbose ? .debug : .info
        return logger
    }

    private func setup(
        _ desk: Desk, _ logger: Logger, _ worst: NIOLockedValueBox<ExitCode>, _ measures: Measures
    ) -> AgentService.Setup {
        let shell = desk.shell
        // One for all policies that are read: what logins were given outlives the run that asked for it.
        let world = shell.world
        let explain: @Sendable (any Error) -> Failure = { error in
            let words = Explanation(of: error)
            // A log's line and a notice have no list below them.
            let message = words.details.isEmpty ? words.message : "\(words.message): \(words.details.joined(separator: "; "))"
            return Failure(message, hint: words.hint, exitCode: words.exitCode.rawValue)
        }
        // Where the policy said last that metrics are served; nil before it was read.
        let place = NIOLockedValueBox<ListenAddress??>(nil)
        var setup = AgentService.Setup(
            time: shell.time, chance: shell.chance, logger: logger, holder: Self.holder(shell),
            notifier: ChannelNotifier(web: NetworkWeb(), time: shell.time, environment: world.environment)
        ) { [policy, cluster, listen] in
            let read = try PolicyFile.read(policy)
            let before = place.withLockedValue { place in
                defer { place = read.agent.listen }
                return place
            }
            if listen == nil, let before, before != read.agent.listen {
                logger.warning("agent.listen has changed, and counts when the agent begins again")
            }
            return try Engagement(read, only: cluster, world, toolVersion: Release.version, explain: explain)
        }
        setup.isOnce = once
        setup.supervision = once ? .none : Supervision(world.environment)
        setup.onEnding = { measures.note($0, $1) }
        setup.onMoved = { measures.forget($0) }
        setup.onPassedOn = { measures.passOn($0, of: $1) }
        setup.onEnded = { _, outcome in worst.withLockedValue { $0 = $0.or(Self.code(outcome)) } }
        return setup
    }

    /// Who this is among agents: the host, the process, and a number, as process ids come again.
    private static func holder(_ shell: Shell) -> String {
        var name = [CChar](repeating: 0, count: 256)
        let isNamed = gethostname(&name, name.count - 1) == 0
        let host = isNamed ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "a host"
        return "tidemark agent \(host)/\(getpid())/\(shell.chance.bytes(3).map { String($0, radix: 16) }.joined())"
    }

    private static func code(_ outcome: Outcome) -> ExitCode {
        switch outcome {
        case .succeeded: .success
        case .incomplete(let failure), .failed(let failure): ExitCode(rawValue: failure.exitCode) ?? .unexpected
        case .doneByOther(_, let shortfall): shortfall.map { ExitCode(rawValue: $0.exitCode) ?? .unexpected } ?? .success
        case .busy: .locked
        case .cancelled: .interrupted
        }
    }
}

extension LineLog.Format: ExpressibleByArgument {}

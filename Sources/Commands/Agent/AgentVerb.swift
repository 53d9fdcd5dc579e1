import Access
import Agent
import ArgumentParser
import Glibc
import Logging
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

            With --once it runs what is due, each job once, and ends with the worst of their exit codes: for cron and Kubernetes' CronJob.
            """)

    @Option(help: ArgumentHelp("The policy (docs/policy.md).", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var policy: String
    @Option(help: ArgumentHelp("Only this one of the policy's clusters; may be given several times.", valueName: "name"))
    var cluster: [String] = []
    @Flag(help: "Run what is due once, then end.")
    var once = false
    @Option(help: ArgumentHelp("How log lines on standard error look: text or json.", valueName: "format"))
    var logFormat = LineLog.Format.text
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("runs that were under way are made good by the next ones")
        let logger = logger(desk.shell)
        let worst = NIOLockedValueBox(ExitCode.success)
        let service = AgentService(setup(desk, logger, worst))
        if once {
            try await service.run()
            return worst.withLockedValue { $0 }
        }
        let signals = desk.shell.signals.claim()
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)], logger: Self.quiet))
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

    private func setup(_ desk: Desk, _ logger: Logger, _ worst: NIOLockedValueBox<ExitCode>) -> AgentService.Setup {
        let shell = desk.shell
        let environment = Environment(shell.variables)
        let world = World(time: shell.time, chance: shell.chance, environment: environment)
        let explain: @Sendable (any Error) -> Failure = { error in
            let words = Explanation(of: error)
            return Failure(words.message, hint: words.hint, exitCode: words.exitCode.rawValue)
        }
        var setup = AgentService.Setup(
            time: shell.time, chance: shell.chance, logger: logger, holder: Self.holder(shell),
            notifier: ChannelNotifier(web: NetworkWeb(), time: shell.time, environment: environment)
        ) { [policy, cluster] in
            try Engagement(try PolicyFile.read(policy), only: cluster, world, toolVersion: Release.version, explain: explain)
        }
        setup.isOnce = once
        setup.supervision = once ? .none : Supervision(environment)
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
        case .doneByOther(_, let incomplete): incomplete ? .partial : .success
        case .busy: .locked
        case .cancelled: .interrupted
        }
    }
}

extension LineLog.Format: ExpressibleByArgument {}

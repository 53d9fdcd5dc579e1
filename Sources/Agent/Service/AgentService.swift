public import Logging
import NIOConcurrencyHelpers
public import Seams
public import ServiceLifecycle

/// An agent at work: asks ``AgentMachine`` what is to be done, does it, and tells it what happened.
///
/// Every run, delivery and timer is a child of ``run()``; a graceful shutdown lets runs end within the policy's limit.
public final class AgentService: Service, Sendable {
    public struct Setup: Sendable {
        public var time: any TimeSource
        public var chance: any ChanceSource
        public var logger: Logger
        /// Who this is to other agents and to people: a host and a process.
        public var holder: String
        /// Runs what is due once, and ends.
        public var isOnce = false
        public var supervision = Supervision.none
        public var notifier: any Notifier
        /// Reads the policy. Throws where it cannot be read or understood: then the one before is kept.
        public var load: @Sendable () async throws -> Engagement
        /// Told of every run that ended, in order of their ends.
        public var onEnded: @Sendable (Run, Outcome) -> Void = { _, _ in }
        /// Told what a run did, where it did something.
        public var onEnding: @Sendable (Run, Ending) -> Void = { _, _ in }
        /// Told of a cluster that the policy has at another place now: what was measured is of the one before.
        public var onMoved: @Sendable (String) -> Void = { _ in }
        /// Another agent has run the job since this one did.
        public var onPassedOn: @Sendable (Job, String) -> Void = { _, _ in }

        public init(
            time: any TimeSource, chance: any ChanceSource, logger: Logger, holder: String, notifier: any Notifier,
            load: @escaping @Sendable () async throws -> Engagement
        ) {
            self.time = time
            self.chance = chance
            self.logger = logger
            self.holder = holder
            self.notifier = notifier
            self.load = load
        }
    }

    let setup: Setup
    let tellings: Tellings
    let outbox: Outbox
    private let inbox: AsyncStream<Incoming>
    private let post: AsyncStream<Incoming>.Continuation
    /// What ``status`` answers from; nil before the policy was read.
    private let machine = NIOLockedValueBox<AgentMachine?>(nil)
    private let lastTurn = NIOLockedValueBox<Duration?>(nil)

    public init(_ setup: Setup) {
        self.setup = setup
        tellings = Tellings(holder: setup.holder)
        outbox = Outbox(setup.notifier, time: setup.time, chance: setup.chance, logger: setup.logger)
        (inbox, post) = AsyncStream.makeStream()
    }

    /// What it knows now; nil before the policy was read.
    public var status: AgentStatus? { machine.withLockedValue { $0 }?.status(at: Moment(setup.time)) }

    /// How long ago the loop last turned, by uptime: what tells an agent that lives from one that is stuck. Nil before its first turn.
    public var sinceTurn: Duration? { lastTurn.withLockedValue { $0 }.map { setup.time.uptime() - $0 } }

    /// Reads the policy again, as on SIGHUP.
    public func reload() { post.yield(.reload) }

    /// Ends in an orderly way, as on SIGTERM.
    public func stop() { post.yield(.event(.stop)) }

    /// Throws what reading the policy throws, at the beginning.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await serve()
        } onGracefulShutdown: { [self] in
            stop()
        }
    }

    private func serve() async throws {
        let first = try await setup.load()
        let machine = AgentMachine(first.rules, isOnce: setup.isOnce, at: Moment(setup.time))
        await withDiscardingTaskGroup { group in
            var loop = AgentLoop(self, first, machine)
            loop.begin(&group)
            setup.logger.info("agent ready", metadata: ["clusters": "\(first.rules.clusters.count)"])
            warn(first.remarks)
            setup.supervision.ready(loop.words)
            publish(loop.machine)
            for await incoming in inbox {
                await loop.take(incoming, &group)
                publish(loop.machine)
                setup.supervision.alive()
                if loop.isFinished { break }
            }
            await deliverLast()
            group.cancelAll()
        }
        setup.logger.info("agent ended")
    }

    func warn(_ remarks: [Failure]) {
        for remark in remarks {
            setup.logger.warning("\(remark.message)", metadata: ["hint": "\(remark.hint)"])
        }
    }

    private func publish(_ machine: AgentMachine) {
        self.machine.withLockedValue { $0 = machine }
        lastTurn.withLockedValue { $0 = setup.time.uptime() }
    }

    func notice(
        _ event: Notice.Event, _ job: Job, _ cluster: String, code: Int32? = nil, _ message: String, _ hint: String?
    ) -> Notice {
        Notice(
            event, cluster: cluster, job: job, code: code, message: message, hint: hint, moment: setup.time.now(), agent: setup.holder)
    }

    func send(_ incoming: Incoming) { post.yield(incoming) }

    /// What is still to be told gets ten seconds, so that the last failure is not kept a secret by the end of the process.
    private func deliverLast() async {
        let end = setup.time.uptime() + .seconds(10)
        while outbox.pending > 0, setup.time.uptime() < end {
            guard (try? await setup.time.sleep(for: .milliseconds(50))) != nil else { return }
        }
        if outbox.pending > 0 {
            setup.logger.error("notices not delivered before the end", metadata: ["count": "\(outbox.pending)"])
        }
    }
}

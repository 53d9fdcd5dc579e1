import Bytes
import Repository
import Seams

/// The one place where an agent's events become actions: owned by the task that serves.
struct AgentLoop {
    private let service: AgentService
    private(set) var machine: AgentMachine
    private var engagement: Engagement
    private var switches: [RunID: CancelSwitch] = [:]
    /// Of runs under way: what their end is told with.
    private var underWay: [RunID: Run] = [:]
    /// When the earliest timer that was set goes off, by uptime.
    private var armed: Duration?
    private var isOver = false
    /// Troubles that are being raised: what is to be told of them is not known yet.
    private var raises = 0

    var isFinished: Bool { isOver && raises == 0 }

    private var setup: AgentService.Setup { service.setup }

    init(_ service: AgentService, _ engagement: Engagement, _ machine: AgentMachine) {
        self.service = service
        self.engagement = engagement
        self.machine = machine
    }

    /// One line for `systemctl status`.
    var words: String {
        let status = machine.status(at: Moment(setup.time))
        let failing = status.clusters.filter { $0.jobs.values.contains { $0.failures > 0 || $0.isMissed } }.map(\.name)
        let running = status.clusters.compactMap { cluster in cluster.running.map { "\($0.job) of \(cluster.name)" } }
        return status.clusters.count.counted("cluster") + (running.isEmpty ? "" : "; running: \(running.joined(separator: ", "))")
            + (failing.isEmpty ? "; all well" : "; in trouble: \(failing.joined(separator: ", "))")
    }

    mutating func begin(_ group: inout DiscardingTaskGroup) {
        service.outbox.turn(to: engagement.everybody) { task in group.addTask(operation: task) }
        perform(machine.begin(), &group)
        arm(&group)
    }

    mutating func take(_ incoming: Incoming, _ group: inout DiscardingTaskGroup) async {
        switch incoming {
        case .event(let event): handle(event, &group)
        case .reload: await reload(&group)
        case .tell(let errands, let again): tell(errands, again: again, &group)
        case .raised(let errands):
            raises -= 1
            if let errands { tell(errands, &group) }
        }
        arm(&group)
    }

    private mutating func handle(_ event: AgentMachine.Event, _ group: inout DiscardingTaskGroup) {
        if case .stop = event {
            setup.logger.info("stopping")
            setup.supervision.stopping()
        }
        if case .reviewed(let review, .some) = event { setup.onPassedOn(review.job, review.cluster) }
        if case .ended(let id, let outcome) = event { note(id, outcome, &group) }
        perform(machine.handle(event, at: Moment(setup.time), setup.chance), &group)
        setup.supervision.status(words)
    }

    private mutating func reload(_ group: inout DiscardingTaskGroup) async {
        setup.supervision.reloading(setup.time.uptime())
        do {
            let read = try await setup.load()
            engagement = read
            service.outbox.turn(to: read.everybody) { task in group.addTask(operation: task) }
            service.tellings.keep { cluster, job in read.rules.clusters.contains { $0.name == cluster && $0.jobs[job] != nil } }
            perform(machine.handle(.reloaded(read.rules), at: Moment(setup.time), setup.chance), &group)
            setup.logger.info("policy read again", metadata: ["clusters": "\(read.rules.clusters.count)"])
            service.warn(read.remarks)
        } catch {
            let failure = engagement.runner.explain(error)
            setup.logger.error(
                "policy refused, the one before is kept", metadata: ["reason": "\(failure.message)", "hint": "\(failure.hint)"])
        }
        setup.supervision.ready(words)
    }

    private func tell(_ errands: [Errand], again: Bool = false, _ group: inout DiscardingTaskGroup) {
        if let notice = errands.first?.notice, !again {
            setup.logger.notice(
                "telling",
                metadata: [
                    "event": "\(notice.event)", "cluster": "\(notice.cluster)", "job": "\(notice.job)", "title": "\(notice.title)",
                    "code": "\(notice.code.map { "\($0)" } ?? "")",
                    "receivers": "\(errands.map(\.receiver.place).joined(separator: ","))",
                ])
        }
        service.outbox.add(errands) { task in group.addTask(operation: task) }
    }

    // MARK: Actions

    private mutating func perform(_ actions: [AgentMachine.Action], _ group: inout DiscardingTaskGroup) {
        for action in actions {
            switch action {
            case .look(let cluster): look(cluster, &group)
            case .forget(let cluster):
                setup.onMoved(cluster)
                service.tellings.keep { name, _ in name != cluster }
            case .start(let run): start(run, &group)
            case .cancel(let id, let reason):
                setup.logger.warning("run cancelled", metadata: ["run": "\(id)", "reason": "\(reason)"])
                switches[id]?.pull()
            case .review(let review): self.review(review, &group)
            case .finish: isOver = true
            case .protest(let words): setup.logger.error("event out of place", metadata: ["what": "\(words)"])
            }
        }
    }

    private func look(_ cluster: String, _ group: inout DiscardingTaskGroup) {
        group.addTask { [service, engagement] in
            // The machine waits for the answer below; what was left untold comes after it.
            var known: Turns?
            var ages: [Job: Duration] = [:]
            var later: [Job: AgentMachine.Shortfall] = [:]
            var isCertain = true
            do {
                if let turns = try await engagement.runner.repository(of: cluster).turns(of: cluster) {
                    known = turns
                    let now = try await turns.now()
                    for job in Job.allCases {
                        guard let record = try await turns.record(job.rawValue),
                            await engagement.runner.kinship(of: record, job, cluster) == .same
                        else { continue }
                        // One of the future is from before a clock was set back: when that was, nobody knows.
                        guard let began = record.began.past(at: now) else { continue }
                        let completed = record.isComplete ? began : record.completed?.past(at: now)
                        ages[job] = completed.map { now.since($0) }
                        if let shortfall = record.shortfall(of: job, in: cluster) { later[job] = .init(ago: now.since(began), shortfall) }
                    }
                }
            } catch {
                // The first run meets the same trouble, and tells.
                isCertain = false
                let failure = engagement.runner.explain(error)
                service.setup.logger.warning(
                    "earlier runs not known",
                    metadata: ["cluster": "\(cluster)", "reason": "\(failure.message)", "hint": "\(failure.hint)"])
            }
            service.send(.event(.found(cluster: cluster, ages, later: later, isCertain: isCertain)))
            // One that runs once looks with each run, and does not wait for others.
            guard let known, !service.setup.isOnce else { return }
            await service.takeOnFirst(known, engagement.receivers[cluster] ?? [])
        }
    }

    private mutating func start(_ run: Run, _ group: inout DiscardingTaskGroup) {
        let control = CancelSwitch()
        switches[run.id] = control
        underWay[run.id] = run
        var logger = setup.logger
        logger[metadataKey: "run"] = "\(run.id)"
        logger[metadataKey: "cluster"] = "\(run.cluster)"
        logger[metadataKey: "job"] = "\(run.job)"
        logger.info("run started")
        let receivers = engagement.receivers[run.cluster] ?? []
        // The recovery of a run is told by workers that outlive it, so they are asked for by event.
        let job = JobRun(
            run: run, runner: engagement.runner, tellings: service.tellings, holder: setup.holder, logger: logger,
            tellsAnybody: !receivers.isEmpty,
            takeOn: { [service] turns in
                let errands = await service.takeOn(turns, receivers)
                if !errands.isEmpty { service.send(.tell(errands, again: true)) }
            },
            recovery: { [service] turns, message in
                await Errand.all(
                    service.notice(.recovery, run.job, run.cluster, message, nil), to: receivers, turns, by: service.setup.holder)
            },
            tell: { [service] in service.send(.tell($0)) },
            ended: { [service, logger] ending in
                logger.info("run done", metadata: ["summary": "\(ending.summary)"])
                service.setup.onEnding(run, ending)
            })
        group.addTask { [service] in
            let outcome = await control.guarding { await job.perform() }
            service.send(.event(.ended(run.id, outcome)))
        }
    }

    /// Logs how a run ended, and has its trouble told.
    private mutating func note(_ id: RunID, _ outcome: Outcome, _ group: inout DiscardingTaskGroup) {
        guard let run = underWay.removeValue(forKey: id) else { return }
        switches[id] = nil
        var outcome = outcome
        if outcome == .cancelled, let limit = machine.timeLimit(of: id) { outcome = .failed(.timeLimit(run.job, limit)) }
        setup.onEnded(run, outcome)
        var logger = setup.logger
        logger[metadataKey: "run"] = "\(id)"
        logger[metadataKey: "cluster"] = "\(run.cluster)"
        logger[metadataKey: "job"] = "\(run.job)"
        switch outcome {
        case .succeeded: logger.info("run succeeded")
        case .incomplete(let failure), .failed(let failure):
            logger.error(
                "run failed", metadata: ["reason": "\(failure.message)", "hint": "\(failure.hint)", "code": "\(failure.exitCode)"])
            raise(failure, run, &group)
        case .doneByOther(let ago, let shortfall):
            setup.onPassedOn(run.job, run.cluster)
            let incomplete = shortfall != nil
            logger.log(
                level: setup.isOnce && incomplete ? .warning : .info, "run left out: another agent did it",
                metadata: ["ago": "\(ago.words)", "incomplete": "\(incomplete)"])
        case .busy(let holder, nil):
            // One that runs once ends with a code that says so, and a code is not told without a line.
            logger.log(level: setup.isOnce ? .warning : .info, "run left out: another agent is at it", metadata: ["holder": "\(holder)"])
        case .busy(let holder, let until?):
            logger.warning("run put off: the repository is locked", metadata: ["holder": "\(holder)", "until": "\(until)"])
        case .cancelled: break
        }
    }

    private mutating func raise(_ failure: Failure, _ run: Run, _ group: inout DiscardingTaskGroup) {
        // Then nothing is noted as told, either: agents that have somebody may share the repository, or come to.
        guard engagement.tells(.failure, of: run.cluster) else {
            return setup.logger.info("nobody to tell", metadata: ["cluster": "\(run.cluster)", "job": "\(run.job)"])
        }
        let notice = service.notice(.failure, run.job, run.cluster, code: failure.exitCode, failure.message, failure.hint)
        raises += 1
        group.addTask { [service, engagement] in
            service.send(.raised(await service.raise(.failure(failure), run.gap, notice, engagement, failure)))
        }
    }

    private func review(_ review: Review, _ group: inout DiscardingTaskGroup) {
        group.addTask { [service, engagement] in await service.review(review, engagement) }
    }

    // MARK: Time

    /// Sets a timer where none goes off early enough. Those that go off for nothing cost a tick.
    private mutating func arm(_ group: inout DiscardingTaskGroup) {
        let moment = Moment(setup.time)
        if let set = armed, set <= moment.uptime { armed = nil }
        var wake = machine.wake(after: moment)
        // The watchdog is fed by this very loop, twice as often as it asks for.
        if let watchdog = setup.supervision.watchdog { wake = min(wake, moment.uptime + watchdog / 2) }
        guard !isFinished, armed.map({ wake < $0 }) ?? true else { return }
        armed = wake
        group.addTask { [service] in
            guard (try? await service.setup.time.sleep(for: max(.milliseconds(1), wake - moment.uptime))) != nil else { return }
            service.send(.event(.tick))
        }
    }
}

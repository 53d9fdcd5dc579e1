import Logging
import Repository
import Seams

/// One run of a job, in turn with other agents.
struct JobRun {
    let run: Run
    let runner: any Runner
    let tellings: Tellings
    let holder: String
    let logger: Logger
    /// Whether anybody is told of anything. Who tells nobody takes nothing back: there may be agents that do.
    let tellsAnybody: Bool
    /// Takes on what others left untold.
    let takeOn: @Sendable (Turns) async -> Void
    /// Notes that the job is well again, for whoever wants to hear it.
    let recovery: @Sendable (Turns, _ message: String) async -> [Errand]
    let tell: @Sendable ([Errand]) -> Void
    let ended: @Sendable (Ending) -> Void

    func perform() async -> Outcome {
        do {
            guard let turns = try await runner.repository(of: run.cluster).turns(of: run.cluster) else {
                return .failed(
                    Failure(
                        "'\(run.cluster)' is no name for a cluster", hint: "use letters, digits, dots, underscores and hyphens.",
                        exitCode: 64))
            }
            let tookOver: (Turn) -> Void = { [logger] turn in
                logger.warning(
                    "turn taken over", metadata: ["holder": "\(turn.holder)", "since": "\(turn.since)", "until": "\(turn.until)"])
            }
            let idle: @Sendable () async throws -> Outcome? = { try await self.idle() }
            let attempt = try await turns.withTurn(holder: holder, idle: run.job == .retention ? idle : nil, tookOver: tookOver) {
                try await inTurn(turns)
            }
            switch attempt {
            case .done(let outcome): return outcome
            case .busy(let turn): return .busy(holder: turn.holder)
            }
        } catch is CancellationError {
            return .cancelled
        } catch {
            return .failed(runner.explain(error))
        }
    }

    /// On a full store, where nothing can be noted: how the run ends where there is nothing to free. That all is well again, where it was not,
    /// is told by a run that gets its turn.
    private func idle() async throws -> Outcome? {
        guard let ending = try await runner.idle(run.job, of: run.cluster) else { return nil }
        ended(ending)
        return ending.shortfall.map { .incomplete($0) } ?? .succeeded
    }

    private func inTurn(_ turns: Turns) async throws -> Outcome {
        await takeOn(turns)
        let began = try await turns.now()
        let last = try await turns.record(run.job.rawValue)
        var namesake: JobRecord?
        if let record = last, record.holder != holder,
            case let ago = began.since(record.began), case let serves = record.serves(run, ago: ago), serves || run.isRecent(ago)
        {
            switch await runner.kinship(of: record, run.job, run.cluster) {
            case .otherCluster: namesake = record
            case .otherSelection: break
            case .same where !serves: break
            case .same:
                if record.isComplete, tellings.forget(run.job, run.cluster) { tell(await recovery(turns)) }
                return .doneByOther(ago: max(.zero, ago), shortfall: record.shortfall(of: run.job, in: run.cluster))
            }
        }
        let ending: Ending
        do {
            ending = try await runner.perform(run.job, of: run.cluster)
        } catch let error as RepositoryError where run.job == .retention && error.lease != nil {
            // A killed one's lease ends by itself after minutes: in the meantime the turn is for those that it does not bar.
            return .busy(holder: error.lease?.holder ?? "", until: error.lease?.ends)
        } catch {
            // The repository is another cluster's, and somebody looks after that one under this name just now.
            guard let namesake, runner.explain(error).exitCode == 13 else { throw error }
            return .failed(.namesake(run.cluster, runner.seenClusterID(of: run.cluster), namesake))
        }
        ended(ending)
        if let lease = ending.barredBy { return .busy(holder: lease.holder, until: lease.ends) }
        do {
            try await turns.note(
                JobRecord(
                    began: began, isComplete: ending.shortfall == nil, code: ending.shortfall?.exitCode,
                    completed: ending.shortfall == nil ? nil : await completed(last), holder: holder, occurrence: run.occurrence,
                    clusterID: ending.clusterID, selection: runner.selection(of: run.job, in: run.cluster),
                    addresses: ending.addresses), of: run.job.rawValue)
        } catch {
            // The work is done; another agent may do it again.
            logger.warning("run not noted", metadata: ["reason": "\(error)"])
        }
        if let shortfall = ending.shortfall { return .incomplete(shortfall) }
        guard tellsAnybody else { return .succeeded }
        let errands = await tellings.settle(await matter(turns, ending), former: last?.clusterID) { await recovery(turns) }
        if let errands { tell(errands) }
        return .succeeded
    }

    /// When the last run that ended well began, by the record of the last one at all, where that is of the same.
    private func completed(_ last: JobRecord?) async -> Timestamp? {
        guard let last, await runner.kinship(of: last, run.job, run.cluster) == .same else { return nil }
        return last.isComplete ? last.began : last.completed
    }

    private func matter(_ turns: Turns, _ ending: Ending) async -> Matter {
        var owner = ending.clusterID
        if owner == nil { owner = await runner.owner(of: run.job, in: run.cluster, turns) }
        return Matter(job: run.job, cluster: run.cluster, gap: run.gap, turns: turns, owner: owner)
    }

    private func recovery(_ turns: Turns) async -> [Errand] {
        await recovery(turns, "The \(run.job) of \(run.cluster), which had failed or was missed, has been done.")
    }
}

extension Failure {
    /// Two clusters go by one name in one repository, which is for one of them.
    static func namesake(_ name: String, _ id: String?, _ record: JobRecord) -> Failure {
        Failure(
            "two clusters are named '\(name)' in this repository: this one\(id.map { " with the id \($0)" } ?? ""), and one with the id "
                + "\(record.clusterID ?? "unknown") that \(record.holder) looks after; the repository is the latter's, and nothing was done",
            hint: "give each a repository and a name of its own; if this one took the other's place, stop the other's agent, and give "
                + "`tidemark backup --accept-new-cluster` once.", exitCode: 13)
    }
}

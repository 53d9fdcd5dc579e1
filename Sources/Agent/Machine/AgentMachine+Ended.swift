import Seams

extension AgentMachine {
    mutating func ended(_ id: RunID, _ outcome: Outcome, _ moment: Moment, _ chance: any ChanceSource) -> [Action] {
        guard let name = order.first(where: { clusters[$0]?.underWay?.run.id == id }), let cluster = clusters[name],
            let underWay = cluster.underWay
        else { return [.protest("no run \(id) is under way")] }
        clusters[name]?.phase = .idle
        if cluster.isLeaving {
            remove(name)
            return []
        }
        // What it did, it did at another place.
        if cluster.hasMoved { return lookAgain(name) }
        let job = underWay.run.job
        // A policy that was read meanwhile may have dropped the job.
        guard var state = cluster.jobs[job] else { return [] }
        switch outcome {
        case .succeeded:
            state.succeeded(from: underWay.start, .succeeded, at: moment)
            if job == .backup { clusters[name]?.jobs[.offsets]?.covered(by: underWay.start, at: moment) }
        case .incomplete(let failure): state.incomplete(failure, at: moment)
        case .failed(let failure): state.failed(failure, pause: pause(after: state, chance), at: moment)
        case .doneByOther(let ago, let shortfall):
            let start = Moment(wall: moment.wall.advanced(by: .zero - ago), uptime: moment.uptime - ago)
            if let shortfall {
                state.incompleteElsewhere(shortfall, at: moment)
            } else {
                state.succeeded(from: start, .byOther, at: moment)
                if job == .backup { clusters[name]?.jobs[.offsets]?.covered(by: start, at: moment) }
            }
        case .busy: state.busyElsewhere(pause: spread(Self.busyPause, chance), at: moment)
        case .cancelled:
            guard case .cancelling(_, .timeLimit(let limit)) = cluster.phase else { break }
            state.failed(Failure.timeLimit(job, limit), pause: pause(after: state, chance), at: moment)
        }
        clusters[name]?.jobs[job] = state
        return []
    }

    /// The limit for which the run was cancelled; nil where it was not, or for something else.
    func timeLimit(of id: RunID) -> Duration? {
        for cluster in clusters.values {
            if case .cancelling(let underWay, .timeLimit(let limit)) = cluster.phase, underWay.run.id == id { return limit }
        }
        return nil
    }

    /// A job of every few seconds is tried again soon at first; but what stays down is left alone for up to ten times as long as between two
    /// runs, so that short cadences back off as well.
    private func pause(after state: JobState, _ chance: any ChanceSource) -> Duration {
        var pause = min(rules.backoff, state.gap)
        let longest = max(pause, min(rules.longestBackoff, state.gap * 10))
        for _ in 0..<min(state.failures, 30) where pause < longest { pause *= 2 }
        return spread(min(pause, longest), chance)
    }

    private func spread(_ pause: Duration, _ chance: any ChanceSource) -> Duration { pause * chance.number(in: 800...1200) / 1000 }
}

extension Failure {
    static func timeLimit(_ job: Job, _ limit: Duration) -> Failure {
        Failure(
            "the \(job) was not done within its time limit of \(limit.words), and was cancelled",
            hint: "look whether the brokers or the repository are slow, or raise the limit in the policy.", exitCode: 17)
    }
}

import Seams

@testable import Agent

/// What was told against what really happened, event by event.
///
/// A trouble is told by one agent and noted in the repository, until a run that ends well takes the note away and tells that too. While the
/// store takes no notes each process of an agent tells for itself, once, and takes it back itself. A process that is killed at the very moment when it
/// decides leaves what it noted: that may be told by another as well as by whoever meets the same trouble. That is all there is to excuse.
struct Ledger {
    /// A process of an agent that decided to tell.
    struct Decision: Sendable {
        var at: Duration
        var process: String
        var job: Job
        var event: Notice.Event
        /// Its process was killed before it said so; what arrived proves it.
        var isGuessed = false
    }

    private struct Memory {
        /// Told by this process without a note.
        var own: Set<Notice.Event> = []
    }

    let job: Job
    let facts: SimulatedPlant.Facts
    private var noted: Set<Notice.Event> = []
    private var memories: [String: Memory] = [:]
    /// What killed processes may or may not have noted, or taken away.
    private var unsure: Set<Notice.Event> = []
    private var wrong: [String] = []

    init(_ job: Job, _ facts: SimulatedPlant.Facts) {
        self.job = job
        self.facts = facts
    }

    /// One line for each thing that should have been otherwise.
    static func judge(_ job: Job, _ facts: SimulatedPlant.Facts) -> [String] {
        var ledger = Ledger(job, facts)
        let said = facts.decided.filter { $0.job == job }
        let decided = (said + ledger.guessed(said)).sorted { $0.at < $1.at }
        for decision in decided { ledger.take(decision) }
        if !ledger.noted.subtracting(ledger.unsure).isEmpty {
            ledger.wrong.append("\(job): nobody told that all is well again after \(ledger.noted)")
        }
        ledger.expectFailuresTold(decided)
        ledger.expectDelivered(decided)
        return ledger.wrong
    }

    /// What arrived of killed processes that did not come to say that they tell.
    private func guessed(_ said: [Decision]) -> [Decision] {
        var guessed: [Decision] = []
        let arrived = Set(facts.told.map(\.notice)).filter { $0.job == job && facts.killed[$0.agent] != nil }
        for (process, notices) in Dictionary(grouping: arrived, by: \.agent) {
            for event in Notice.Event.allCases {
                let extra = notices.count { $0.event == event } - said.count { $0.process == process && $0.event == event }
                for _ in 0..<max(0, extra) {
                    guessed.append(Decision(at: facts.killed[process] ?? .zero, process: process, job: job, event: event, isGuessed: true))
                }
            }
        }
        return guessed
    }

    /// Whether the store took no notes: at the very edge it may have been either.
    private func isFull(_ at: Duration) -> (may: Bool, must: Bool) {
        let edge = Duration.seconds(1)
        let may = facts.storeTrouble.contains { $0.lowerBound - edge <= at && at <= $0.upperBound + edge }
        let must = facts.storeTrouble.contains { $0.lowerBound + edge <= at && at <= $0.upperBound - edge }
        return (may, must)
    }

    private mutating func take(_ decision: Decision) {
        let (event, process) = (decision.event, decision.process)
        let full = isFull(decision.at)
        if decision.isGuessed {
            if event == .recovery { unsure.formUnion(Notice.Event.allCases) } else { unsure.insert(event) }
            if event != .recovery { noted.insert(event) }
            return
        }
        switch event {
        case .failure, .missed:
            if unsure.remove(event) != nil {
                noted.insert(event)
                return
            }
            let isNewToAll = !noted.contains(event)
            let isNewToProcess = !(memories[process]?.own.contains(event) ?? false)
            if full.must {
                if !isNewToProcess { wrong.append("\(decision.at): \(job) \(event) told twice by \(process) while the store was full") }
                memories[process, default: Memory()].own.insert(event)
            } else {
                if !isNewToAll, !(full.may && isNewToProcess) { wrong.append("\(decision.at): \(job) \(event) told twice, by \(process)") }
                noted.insert(event)
                if full.may { memories[process, default: Memory()].own.insert(event) }
            }
        case .recovery:
            if noted.isEmpty, memories[process]?.own.isEmpty ?? true, unsure.isEmpty {
                wrong.append("\(decision.at): \(job) recovery told of nothing, by \(process)")
            }
            // One that is told by who was alone with the news takes nobody else's note away, unless it ran itself.
            let ran = facts.ended.contains {
                $0.process == process && $0.job == job && $0.outcome == .succeeded && abs($0.at, decision.at) <= .seconds(60)
            }
            if ran { (noted, unsure) = ([], []) }
            memories[process] = nil
        }
    }

    /// Each failure stands as told when its run has ended: by this process now, or by whoever before.
    private mutating func expectFailuresTold(_ decided: [Decision]) {
        for ended in facts.ended where ended.job == job {
            switch ended.outcome {
            case .failed, .incomplete:
                // The last thing that was told of the job before, or one that was told right after: a recovery may be, too.
                let last = decided.last { $0.at <= ended.at && $0.event != .missed }
                if last?.event == .failure { continue }
                if decided.contains(where: { $0.event == .failure && ended.at < $0.at && $0.at <= ended.at + .seconds(60) }) { continue }
                // It told for itself while the store was full, and has not taken that back.
                let ofItself = decided.last { $0.process == ended.process && $0.at <= ended.at }
                if let ofItself, ofItself.event == .failure, isFull(ofItself.at).may { continue }
                // Killed before it could.
                if facts.kills.contains(where: { ended.at <= $0 && $0 <= ended.at + .seconds(60) }) { continue }
                wrong.append("\(ended.at): a failure of \(job) by \(ended.process) was not told")
            case .succeeded, .doneByOther, .busy, .cancelled: break
            }
        }
    }

    /// Each arrives, and once, unless its process was killed: then it may arrive twice, and is lost only where the store took no notes.
    private mutating func expectDelivered(_ decided: [Decision]) {
        let told = facts.told.map(\.notice).filter { $0.job == job }
        for (notice, times) in Dictionary(grouping: told, by: { $0 }).mapValues(\.count)
        where times > 1 && facts.killed[notice.agent] == nil {
            wrong.append("\(notice.moment): \(job) \(notice.event) of \(notice.agent), which was not killed, arrived \(times) times")
        }
        for (process, meant) in Dictionary(grouping: decided, by: \.process) {
            for event in Notice.Event.allCases {
                let wanted = meant.filter { $0.event == event }
                let arrived = Set(told.filter { $0.agent == process && $0.event == event }).count
                let mayBeLost = facts.killed[process] != nil && wanted.contains { isFull($0.at).may }
                if arrived > wanted.count || arrived < wanted.count && !mayBeLost {
                    wrong.append("\(job): \(wanted.count) of \(event) were meant by \(process), \(arrived) arrived")
                }
            }
        }
    }

    private func abs(_ one: Duration, _ other: Duration) -> Duration { one > other ? one - other : other - one }
}

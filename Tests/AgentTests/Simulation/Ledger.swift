import Seams

@testable import Agent

/// What was told against what really happened, event by event.
///
/// A trouble, which is a failure of a certain code or a missed schedule, is told by one agent and noted in the repository, until a run that ends well takes all
/// notes away and tells that too. While the
/// store takes no notes each process of an agent tells for itself, once, and takes it back itself. A process that is killed at the very moment when it
/// decides leaves what it noted: that may be told by another as well as by whoever meets the same trouble. That is all there is to excuse.
struct Ledger {
    /// A process of an agent that decided to tell.
    struct Decision: Sendable {
        var at: Duration
        var process: String
        var job: Job
        var trouble: Trouble
        var event: Notice.Event { trouble.event }
        /// Its process was killed before it said so; what arrived proves it.
        var isGuessed = false
    }

    private struct Memory {
        /// Told by this process without a note.
        var own: Set<Trouble> = []
    }

    let job: Job
    let facts: SimulatedPlant.Facts
    private var noted: Set<Trouble> = []
    private var memories: [String: Memory] = [:]
    /// What killed processes may or may not have noted, or taken away.
    private var unsure: Set<Trouble> = []
    /// A killed process may have taken away whatever there was.
    private var isUnsureOfAll = false
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
            for trouble in Set(notices.map(Self.trouble)) {
                let extra = notices.count { Self.trouble($0) == trouble } - said.count { $0.process == process && $0.trouble == trouble }
                for _ in 0..<max(0, extra) {
                    guessed.append(
                        Decision(at: facts.killed[process] ?? .zero, process: process, job: job, trouble: trouble, isGuessed: true))
                }
            }
        }
        return guessed
    }

    private static func trouble(_ notice: Notice) -> Trouble { Trouble(event: notice.event, code: notice.code) }

    /// Whether the store took no notes: at the very edge it may have been either.
    private func isFull(_ at: Duration) -> (may: Bool, must: Bool) {
        let edge = Duration.seconds(1)
        let may = facts.storeTrouble.contains { $0.lowerBound - edge <= at && at <= $0.upperBound + edge }
        let must = facts.storeTrouble.contains { $0.lowerBound + edge <= at && at <= $0.upperBound - edge }
        return (may, must)
    }

    private mutating func take(_ decision: Decision) {
        let (trouble, process) = (decision.trouble, decision.process)
        let full = isFull(decision.at)
        if decision.isGuessed {
            if trouble.event == .recovery {
                unsure.formUnion(noted)
                isUnsureOfAll = true
            } else {
                unsure.insert(trouble)
                noted.insert(trouble)
            }
            return
        }
        switch trouble.event {
        case .failure, .missed:
            if unsure.remove(trouble) != nil {
                noted.insert(trouble)
                return
            }
            let isNewToAll = !noted.contains(trouble)
            let isNewToProcess = !(memories[process]?.own.contains(trouble) ?? false)
            if full.must {
                if !isNewToProcess {
                    wrong.append("\(decision.at): \(job) \(trouble.word) told twice by \(process) while the store was full")
                }
                memories[process, default: Memory()].own.insert(trouble)
            } else {
                if !isNewToAll, !(full.may && isNewToProcess) {
                    wrong.append("\(decision.at): \(job) \(trouble.word) told twice, by \(process)")
                }
                noted.insert(trouble)
                if full.may { memories[process, default: Memory()].own.insert(trouble) }
            }
        case .recovery:
            if noted.isEmpty, memories[process]?.own.isEmpty ?? true, unsure.isEmpty, !isUnsureOfAll {
                wrong.append("\(decision.at): \(job) recovery told of nothing, by \(process)")
            }
            // One that is told by who was alone with the news takes nobody else's note away, unless it ran itself.
            if settles(decision) { (noted, unsure, isUnsureOfAll) = ([], [], false) }
            memories[process] = nil
        }
    }

    /// Whether a recovery was told by who took notes away, or may have.
    private func settles(_ decision: Decision) -> Bool {
        guard decision.event == .recovery else { return false }
        return decision.isGuessed
            || facts.ended.contains {
                $0.process == decision.process && $0.job == job && $0.outcome == .succeeded && abs($0.at, decision.at) <= .seconds(60)
            }
    }

    /// Each failure stands as told when its run has ended: by this process now, or by whoever before.
    private mutating func expectFailuresTold(_ decided: [Decision]) {
        for ended in facts.ended where ended.job == job {
            switch ended.outcome {
            case .failed(let failure), .incomplete(let failure):
                let trouble = Trouble.failure(failure)
                let before = decided.filter { $0.at <= ended.at }
                // Told since notes were taken away last, or right after: a recovery may be, too.
                if before.suffix(after: { settles($0) }).contains(where: { $0.trouble == trouble }) { continue }
                if decided.contains(where: { $0.trouble == trouble && ended.at < $0.at && $0.at <= ended.at + .seconds(60) }) { continue }
                // It told for itself while the store was full, and has not taken that back.
                let ofItself = before.filter { $0.process == ended.process }.suffix(after: { $0.event == .recovery })
                if ofItself.contains(where: { $0.trouble == trouble && isFull($0.at).may }) { continue }
                // Killed before it could.
                if facts.kills.contains(where: { ended.at <= $0 && $0 <= ended.at + .seconds(60) }) { continue }
                wrong.append("\(ended.at): \(trouble.word) of \(job) by \(ended.process) was not told")
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
            for trouble in Set(meant.map(\.trouble) + told.filter { $0.agent == process }.map(Self.trouble)) {
                let wanted = meant.filter { $0.trouble == trouble }
                let arrived = Set(told.filter { $0.agent == process && Self.trouble($0) == trouble }).count
                let mayBeLost = facts.killed[process] != nil && wanted.contains { isFull($0.at).may }
                if arrived > wanted.count || arrived < wanted.count && !mayBeLost {
                    wrong.append("\(job): \(wanted.count) of \(trouble.word) were meant by \(process), \(arrived) arrived")
                }
            }
        }
    }

    private func abs(_ one: Duration, _ other: Duration) -> Duration { one > other ? one - other : other - one }
}

extension Array {
    /// What comes after the last element of which it is true; all where there is none.
    fileprivate func suffix(after isLast: (Element) -> Bool) -> ArraySlice<Element> {
        lastIndex(where: isLast).map { self[($0 + 1)...] } ?? self[...]
    }
}

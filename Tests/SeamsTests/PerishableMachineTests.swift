import Testing

@testable import Seams

/// Every state against every event. `kept`: a value that is fresh; `due`: one that is still good; `over`: one that is not; each with
/// nobody fetching, with somebody fetching (1), and with others who wait (2, 3).
@Suite struct PerishableMachineTests {
    struct Failure: Error, Equatable {}
    typealias Machine = PerishableMachine<Int, Failure>

    static let values = ["none", "kept", "due", "over"]
    static let queues = ["idle", "fetching", "crowded"]
    static let events = ["ask", "fetched", "failed", "abandoned", "withdraw", "discard", "discard another"]
    static let now = Timestamp(milliseconds: 1_000_000)

    /// By event, queue and value: who learns what (`1` fetches, `9` asks), and whether somebody fetches afterwards.
    static func expected(_ event: String, _ queue: String, _ value: String) -> String {
        let fetches = queue != "idle"
        let others = queue == "crowded" ? [2, 3] : []
        func all(_ verdict: String) -> String { ([1] + others).map { "\($0) \(verdict)" }.joined(separator: ", ") + "; idle" }
        let isGood = value == "kept" || value == "due"
        switch event {
        case "ask":
            if value == "kept" { return "9 value 7; \(fetches ? "fetching" : "idle")" }
            return fetches ? "9 waits; fetching" : "9 fetch; fetching"
        // Nobody fetches who was not told to.
        case "fetched" where !fetches, "failed" where !fetches, "abandoned" where !fetches: return "impossible"
        case "fetched": return all("value 8")
        case "failed": return all(isGood ? "value 7" : "failure")
        case "abandoned":
            if isGood { return all("value 7") }
            return others.isEmpty ? "1 failure; idle" : "1 failure, 2 fetch; fetching"
        case "withdraw": return fetches ? "; fetching" : "; idle"
        default: return fetches ? "; fetching" : "; idle"
        }
    }

    private func machine(_ queue: String, _ value: String) -> Machine {
        var machine = Machine()
        let past = Self.now.advanced(by: .seconds(-1))
        let batch: Machine.Batch? =
            switch value {
            case "kept": .init(7, due: Self.now.advanced(by: .seconds(100)), expiry: nil)
            case "due": .init(7, due: past, expiry: Self.now.advanced(by: .seconds(10)))
            case "over": .init(7, due: past, expiry: past)
            default: nil
            }
        if let batch { _ = machine.fetched(batch) }
        guard queue != "idle" else { return machine }
        // What is kept is due later than now: somebody fetches it all the same where the clock has gone back since.
        let then = Self.now.advanced(by: .seconds(200))
        _ = machine.ask(1, now: then)
        if queue == "crowded" { for ticket: UInt64 in [2, 3] { _ = machine.ask(ticket, now: then) } }
        return machine
    }

    private func words(_ verdict: Machine.Verdict?) -> String {
        switch verdict {
        case .value(let value): "value \(value)"
        case .failure: "failure"
        case .fetch: "fetch"
        case .withdrawn: "withdrawn"
        case nil: "waits"
        }
    }

    @Test func everyEventHasItsReaction() {
        var cells = 0
        for value in Self.values {
            for queue in Self.queues {
                for event in Self.events {
                    cells += 1
                    let expected = Self.expected(event, queue, value)
                    if expected == "impossible" { continue }
                    var machine = machine(queue, value)
                    var told: [String] = []
                    switch event {
                    case "ask": told = ["9 \(words(machine.ask(9, now: Self.now)))"]
                    case "fetched":
                        told = ["1 value 8"] + machine.fetched(.init(8, due: nil, expiry: nil)).map { "\($0.0) \(words($0.1))" }
                    case "failed", "abandoned":
                        let (own, others) =
                            event == "failed" ? machine.failed(Failure(), now: Self.now) : machine.abandoned(Failure(), now: Self.now)
                        told = ["1 \(words(own))"] + others.map { "\($0.0) \(words($0.1))" }
                    case "withdraw":
                        machine.withdraw(2)
                        #expect(!machine.waiting.contains(2))
                    case "discard":
                        machine.discard { $0 == 7 }
                        #expect(machine.batch == nil)
                    default:
                        machine.discard { $0 == 6 }
                        #expect(machine.batch?.value == (value == "none" ? nil : 7))
                    }
                    let after = "\(told.joined(separator: ", ")); \(machine.isFetching ? "fetching" : "idle")"
                    #expect(after == expected, "\(value) × \(queue) × \(event)")
                }
            }
        }
        #expect(cells == 4 * 3 * 7)
    }

    @Test func anOldValueThatServesIsNotRenewedAgainBeforeAWhile() {
        var machine = machine("fetching", "due")
        _ = machine.failed(Failure(), now: Self.now)
        #expect(words(machine.ask(1, now: Self.now.advanced(by: .seconds(9)))) == "value 7")
        // It is over sooner than the pause.
        #expect(words(machine.ask(1, now: Self.now.advanced(by: .seconds(11)))) == "fetch")
    }
}

import NIOConcurrencyHelpers
import Seams
import Storage

/// Decides, call by call, which of several parties that work on one store goes next, so that a test can try every order.
///
/// A party is run until it makes its next call of the store that others can notice, or sleeps, or ends; then one of those that wait is let go.
/// Who sleeps is let go only once another party made a call, or where all sleep: trying again in vain for ever is no order worth trying.
final class Interleaver: Sendable {
    private struct State {
        var live: Int
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var asleep: Set<Int> = []
        var idle: CheckedContinuation<Void, Never>?
    }

    private let state: NIOLockedValueBox<State>

    init(parties: Int) { state = NIOLockedValueBox(State(live: parties)) }

    /// Called by a party: returns once it is its turn.
    func stop(_ party: Int, asleep: Bool) async {
        await withCheckedContinuation { continuation in
            wake {
                $0.waiting[party] = continuation
                if asleep { $0.asleep.insert(party) }
            }
        }
    }

    func end() { wake { $0.live -= 1 } }

    private func wake(_ change: (inout State) -> Void) {
        let idle: CheckedContinuation<Void, Never>? = state.withLockedValue { state in
            change(&state)
            guard state.waiting.count == state.live else { return nil }
            defer { state.idle = nil }
            return state.idle
        }
        idle?.resume()
    }

    /// Lets the parties go in the order that `choose` says until all have ended: it gets those that may go, the one that went last first
    /// where it may go on, and says which place of that list.
    func run(_ choose: (_ mayGo: [Int], _ last: Int?) -> Int) async {
        var last: Int?
        while true {
            await withCheckedContinuation { continuation in
                let isIdle = state.withLockedValue { state in
                    if state.waiting.count == state.live { return true }
                    state.idle = continuation
                    return false
                }
                if isIdle { continuation.resume() }
            }
            let (waiting, asleep) = state.withLockedValue { (Set($0.waiting.keys), $0.asleep) }
            guard !waiting.isEmpty else { return }
            let awake = waiting.subtracting(asleep)
            let mayGo = (awake.isEmpty ? waiting : awake).sorted { ($0 == last ? -1 : $0) < ($1 == last ? -1 : $1) }
            let party = mayGo[choose(mayGo, last)]
            let next = state.withLockedValue { state in
                // Whoever makes a call lets the sleepers try again.
                if state.asleep.contains(party) { state.asleep.remove(party) } else { state.asleep = [] }
                return state.waiting.removeValue(forKey: party)
            }
            last = party
            next?.resume()
        }
    }
}

/// Orders with at most so many moments at which a party that could go on has to wait for another one, the late ones first: all of them, or
/// the first so many.
struct Orders {
    private let interruptions: Int
    private let most: Int
    private var choices: [(chosen: Int, last: Int)] = []
    private(set) var tried = 0

    init(interruptions: Int, atMost most: Int) {
        self.interruptions = interruptions
        self.most = most
    }

    /// Runs `body` once for each order; `body` passes what it gets on to ``Interleaver/run(_:)``.
    mutating func each(_ body: (_ choose: (_ mayGo: [Int], _ last: Int?) -> Int) async throws -> Void) async throws {
        repeat {
            var made: [(chosen: Int, last: Int)] = []
            var left = interruptions
            try await body { mayGo, last in
                let chosen = made.count < choices.count ? choices[made.count].chosen : 0
                let isFree = mayGo.first != last
                if !isFree, chosen > 0 { left -= 1 }
                // Where nobody is interrupted any choice is free; else the others are open while interruptions are left.
                made.append((chosen, isFree || left > 0 || chosen > 0 ? mayGo.count - 1 : 0))
                return chosen
            }
            choices = made
            tried += 1
        } while tried < most && advance()
    }

    private mutating func advance() -> Bool {
        while let choice = choices.popLast() {
            if choice.chosen < choice.last {
                choices.append((choice.chosen + 1, choice.last))
                return true
            }
        }
        return false
    }
}

/// One party's view of a store: it waits for its turn before each call that others notice, or that notices others.
struct TurnedStorage: Storage {
    let base: MemoryStorage
    let party: Int
    let order: Interleaver

    var name: String { base.name }
    func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError) {
        await order.stop(party, asleep: false)
        try base.put(bytes, at: path, mode: mode)
    }
    func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) async throws(StorageError) -> [StoredObject] {
        await order.stop(party, asleep: false)
        return base.list(prefix, after: after, limit: limit)
    }
    func delete(_ path: StoragePath) async throws(StorageError) {
        await order.stop(party, asleep: false)
        base.delete(path)
    }
    func get(_ path: StoragePath, range: Range<Int>?) async throws(StorageError) -> [UInt8] { try base.get(path, range: range) }
    func head(_ path: StoragePath) async throws(StorageError) -> StoredObject? { base.head(path) }
    func now() async throws(StorageError) -> Timestamp { base.now() }
}

/// A clock by which sleeping is waiting for others to do something.
struct TurnedTime: TimeSource {
    let base: HandTime
    let party: Int
    let order: Interleaver

    func now() -> Timestamp { base.now() }
    func uptime() -> Duration { base.uptime() }
    func sleep(for duration: Duration) async throws { await order.stop(party, asleep: true) }
}

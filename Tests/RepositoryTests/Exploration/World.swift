import NIOConcurrencyHelpers
import Seams
import Storage

/// A store, a clock and those who work there, one step of one of them at a time in an order that a seed decides.
final class World: @unchecked Sendable {
    // Unchecked: everything runs on the thread that calls `run`, by the executor above; the lock guards all the same.
    /// Clocks differ from the world's by no more.
    static let mostSkew: Duration = .seconds(14)
    static let crash = StorageError(code: .io, path: "", message: "crashed", hint: "")

    private struct Waiting {
        let participant: Int
        let id: Int
        /// A delete of an object: a store takes it up within this time, or never.
        let deadline: Timestamp?
        let resume: (Bool) -> Void
    }
    private struct Sleeper {
        let participant: Int
        let id: Int
        let wake: Timestamp
        let resume: (Bool) -> Void
    }
    private struct State {
        var now = Timestamp(milliseconds: 1_795_000_000_000)
        var waiting: [Waiting] = []
        var sleepers: [Sleeper] = []
        var crashed: Set<Int> = []
        var cancelled: Set<Int> = []
        var next = 0
        var book = LeaseBook()
        var jumps: [(from: Timestamp, to: Timestamp)] = []
    }

    private let state = NIOLockedValueBox(State())
    let executor = StepExecutor()
    let chance: SeededChance
    let clock: WorldTime
    let memory: MemoryStorage
    private(set) var steps = 0

    init(seed: UInt64) {
        chance = SeededChance(seed: seed)
        clock = WorldTime()
        memory = MemoryStorage(time: clock)
        clock.world = self
    }

    var now: Timestamp { state.withLockedValue { $0.now } }
    /// When everybody's machine stood still.
    var pauses: [(from: Timestamp, to: Timestamp)] { state.withLockedValue { $0.jumps } }
    var book: LeaseBook { state.withLockedValue { $0.book } }
    func note(_ bytes: [UInt8], at path: StoragePath, by participant: Int, skew: Duration) {
        state.withLockedValue {
            $0.book.note(bytes, at: path, by: participant, own: $0.now.advanced(by: skew), world: $0.now)
        }
    }
    func noteGone(_ path: StoragePath) { state.withLockedValue { $0.book.noteGone(path, world: $0.now) } }
    func advance(by duration: Duration) { state.withLockedValue { $0.now = $0.now.advanced(by: duration) } }
    func isCrashed(_ participant: Int) -> Bool { state.withLockedValue { $0.crashed.contains(participant) } }

    /// Waits until it is the caller's turn; false where he has crashed.
    func turn(_ participant: Int, isDelete: Bool = false) async -> Bool {
        if isCrashed(participant) { return false }
        return await withUnsafeContinuation { continuation in
            state.withLockedValue { state in
                state.next += 1
                state.waiting.append(
                    Waiting(
                        participant: participant, id: state.next,
                        deadline: isDelete ? state.now.advanced(by: .seconds(100)) : nil, resume: { continuation.resume(returning: $0) }))
            }
        }
    }

    func sleep(_ participant: Int, for duration: Duration) async throws {
        let id = state.withLockedValue { state in
            state.next += 1
            return state.next
        }
        let isAwake = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isOver = state.withLockedValue { state in
                    if state.crashed.contains(participant) || state.cancelled.contains(id) { return true }
                    state.sleepers.append(
                        Sleeper(
                            participant: participant, id: id, wake: state.now.advanced(by: duration),
                            resume: { continuation.resume(returning: $0) }))
                    return false
                }
                if isOver { continuation.resume(returning: false) }
            }
        } onCancel: {
            let sleeper = state.withLockedValue { state -> Sleeper? in
                state.cancelled.insert(id)
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.sleepers.remove(at: index)
            }
            sleeper?.resume(false)
        }
        if !isAwake { throw CancellationError() }
    }

    func crash(_ participant: Int) {
        let (waiting, sleepers) = state.withLockedValue { state in
            state.crashed.insert(participant)
            let gone = (state.waiting.filter { $0.participant == participant }, state.sleepers.filter { $0.participant == participant })
            state.waiting.removeAll { $0.participant == participant }
            state.sleepers.removeAll { $0.participant == participant }
            return gone
        }
        for one in waiting { one.resume(false) }
        for one in sleepers { one.resume(false) }
    }

    /// Lets the participants work until all are done. Crashes and jumps happen only where `faults`.
    func run(_ participants: Int, faults: Bool, isDone: () -> Bool) {
        let dueJump = faults ? chance.number(in: 0...400) : .max
        let dueCrash = faults && chance.number(in: 0...2) > 0 ? chance.number(in: 0...150) : .max
        let start = steps
        while true {
            executor.drain()
            if isDone() { return }
            steps += 1
            if steps - start == dueCrash { crash(chance.number(in: 0...(participants - 1))) }
            if steps - start == dueJump || (faults && chance.number(in: 0...150) == 0) { jump(chance.number(in: 1...400)) }
            let pick = state.withLockedValue { state -> ((Bool) -> Void)? in
                if state.waiting.isEmpty {
                    // Time goes on where everybody sleeps.
                    guard let index = state.sleepers.indices.min(by: { state.sleepers[$0].wake < state.sleepers[$1].wake }) else {
                        return nil
                    }
                    state.now = max(state.now, state.sleepers[index].wake)
                    return state.sleepers.remove(at: index).resume
                }
                state.now = state.now.advanced(by: .milliseconds(1))
                let due = state.sleepers.indices.filter { state.sleepers[$0].wake <= state.now }
                let index = chance.number(in: 0...(state.waiting.count + due.count - 1))
                return index < state.waiting.count
                    ? state.waiting.remove(at: index).resume : state.sleepers.remove(at: due[index - state.waiting.count]).resume
            }
            pick?(true)
            precondition(steps - start < 200_000, "a schedule that does not end")
        }
    }

    /// The machine of everybody stands still, but for a delete that the store has taken up.
    private func jump(_ seconds: Int) {
        state.withLockedValue { state in
            var target = state.now.advanced(by: .seconds(seconds))
            if let deadline = state.waiting.compactMap(\.deadline).min() { target = max(state.now, min(target, deadline)) }
            state.jumps.append((state.now, target))
            state.now = target
        }
    }

    /// How long everybody's machine has stood still since `moment`, all in all.
    func standstill(since moment: Timestamp) -> Duration {
        state.withLockedValue { state in
            state.jumps.reduce(.zero) { $0 + max(.zero, $1.to.since(max($1.from, moment))) }
        }
    }
}

/// The store's own clock.
final class WorldTime: TimeSource, @unchecked Sendable {
    // Unchecked: set once, before anything runs.
    weak var world: World?
    func now() -> Timestamp { world?.now ?? Timestamp(milliseconds: 0) }
    func uptime() -> Duration { now().since(Timestamp(milliseconds: 0)) }
    func sleep(for duration: Duration) async throws {}
}

/// One participant's clock, a little off.
struct SkewedTime: TimeSource {
    let world: World
    let participant: Int
    let skew: Duration

    func now() -> Timestamp { world.now.advanced(by: skew) }
    func uptime() -> Duration { world.now.since(Timestamp(milliseconds: 0)) }
    func sleep(for duration: Duration) async throws { try await world.sleep(participant, for: duration) }
}

/// The store as one participant reaches it: each call waits for its turn, and after a crash none comes.
struct TurnStorage: Storage {
    let world: World
    let participant: Int
    let skew: Duration

    var name: String { "memory" }

    private func turn(isDelete: Bool = false) async throws(StorageError) {
        guard await world.turn(participant, isDelete: isDelete) else { throw World.crash }
    }

    func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError) {
        try await turn()
        try world.memory.put(bytes, at: path, mode: mode)
        world.note(bytes, at: path, by: participant, skew: skew)
    }
    func get(_ path: StoragePath, range: Range<Int>?) async throws(StorageError) -> [UInt8] {
        try await turn()
        return try world.memory.get(path, range: range)
    }
    func head(_ path: StoragePath) async throws(StorageError) -> StoredObject? {
        try await turn()
        return world.memory.head(path)
    }
    func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) async throws(StorageError) -> [StoredObject] {
        try await turn()
        return world.memory.list(prefix, after: after, limit: limit)
    }
    func delete(_ path: StoragePath) async throws(StorageError) {
        try await turn(isDelete: path.isBelow("objects"))
        world.memory.delete(path)
        world.noteGone(path)
    }
    // No turn of its own: a store's clock is read with a call, and the calls around it have theirs. Time may pass between them.
    func now() async throws(StorageError) -> Timestamp {
        if world.isCrashed(participant) { throw World.crash }
        return world.now.advanced(by: skew)
    }
}

import Foundation
import NIOConcurrencyHelpers
import Seams

/// A world in which time passes only when nobody has anything to do: every task of it runs on one thread, in order, so that a week takes
/// as long as its work, and the same seed is the same week.
// Unchecked: what is not behind a lock is touched by the one thread that turns the world.
final class SimulatedWorld: TaskExecutor, @unchecked Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var sleepers: [Int: (end: Duration, awake: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
        var nextSleeper = 0
        var elapsed: Duration = .seconds(1_000_000)
        var isOver = false
    }

    private let state = NIOLockedValueBox(State())
    private let condition = NSCondition()
    /// The wall clock's beginning.
    static let epoch = Timestamp(milliseconds: 1_795_000_000_000)
    static let start: Duration = .seconds(1_000_000)

    var elapsed: Duration { state.withLockedValue { $0.elapsed } }
    var wall: Timestamp { Self.epoch.advanced(by: elapsed - Self.start) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLockedValue { $0.jobs.append(job) }
        condition.lock()
        condition.signal()
        condition.unlock()
    }

    func sleep(for duration: Duration) async throws {
        let id = state.withLockedValue { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (awake: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLockedValue { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = (state.elapsed + max(.zero, duration), awake)
                    return false
                }
                if isCancelled { awake.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLockedValue { state -> CheckedContinuation<Void, any Error>? in
                guard let sleeper = state.sleepers.removeValue(forKey: id) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return sleeper.awake
            }
            sleeper?.resume(throwing: CancellationError())
        }
    }

    struct Stuck: Error {}

    /// Runs `body` and everything that it starts, until it returns.
    func run(_ body: @escaping @Sendable () async -> Void) async throws {
        let outcome: Result<Void, Stuck> = await withCheckedContinuation { done in
            Thread.detachNewThread {
                Task(executorPreference: self) {
                    await body()
                    self.state.withLockedValue { $0.isOver = true }
                }
                done.resume(returning: self.turn())
            }
        }
        try outcome.get()
    }

    private func turn() -> Result<Void, Stuck> {
        while true {
            let (jobs, isOver) = state.withLockedValue { state in
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return (state.jobs, state.isOver)
            }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if !jobs.isEmpty { continue }
            if isOver { return .success(()) }
            // Nobody has anything to do: the next sleeper wakes.
            let sleeper = state.withLockedValue { state -> CheckedContinuation<Void, any Error>? in
                guard let (id, first) = state.sleepers.min(by: { ($0.value.end, $0.key) < ($1.value.end, $1.key) }) else { return nil }
                state.sleepers[id] = nil
                state.elapsed = max(state.elapsed, first.end)
                return first.awake
            }
            if let sleeper {
                sleeper.resume()
                continue
            }
            // Something goes on outside of the world, or nothing at all.
            condition.lock()
            defer { condition.unlock() }
            if state.withLockedValue({ $0.jobs.isEmpty && !$0.isOver }), !condition.wait(until: Date(timeIntervalSinceNow: 20)) {
                return .failure(Stuck())
            }
        }
    }
}

/// The clocks of one machine in the world: its wall clock may be set.
final class SimulatedClock: TimeSource {
    private let world: SimulatedWorld
    private let offset = NIOLockedValueBox(Duration.zero)

    init(_ world: SimulatedWorld) { self.world = world }

    func now() -> Timestamp { world.wall.advanced(by: offset.withLockedValue { $0 }) }
    func uptime() -> Duration { world.elapsed }
    func sleep(for duration: Duration) async throws { try await world.sleep(for: duration) }
    func jump(by duration: Duration) { offset.withLockedValue { $0 += duration } }
}

import Bytes
import NIOConcurrencyHelpers
import Recovery
import Repository
import Seams
import SnapshotModel
import Storage

@testable import Agent

/// What two agents share: a cluster that is up or not, a store that is full or not, and the record of what really happened.
final class SimulatedPlant: Sendable {
    struct Ended: Sendable {
        var at: Duration
        var process: String
        var job: Job
        var outcome: Outcome
    }

    struct Told: Sendable {
        var at: Duration
        var agent: Int
        var notice: Notice
    }

    struct Overlap: Sendable, Hashable {
        var at: Duration
        var words: String
    }

    struct Jump: Sendable {
        var at: Duration
        var by: Duration
    }

    struct Facts: Sendable {
        var clusterIsUp = true
        /// A right is missing: backups are partial.
        var isRestricted = false
        var storeIsFull = false
        /// Runs under way, by agent.
        var running: Set<Int> = []
        var overlaps: [Overlap] = []
        /// When clocks were set, and which.
        var jumps: [Jump] = []
        var published: [SnapshotID] = []
        /// Those that retention was about to forget: they may be gone.
        var forgotten: Set<SnapshotID> = []
        var objectsFreed = 0
        var kills: [Duration] = []
        /// When each process was killed that was.
        var killed: [String: Duration] = [:]
        var killedTelling = 0
        var decided: [Ledger.Decision] = []
        var ended: [Ended] = []
        var told: [Told] = []
        /// When the last backup that ended well began.
        var lastSuccess: Duration?
        /// When the last partial one began: the repository tells of the last that was published, and so no more of one that ended well before.
        var lastPartial: Duration?
        var version = 0
        /// The hours in which the store was full or was not well.
        var storeTrouble: [Range<Duration>] = []
    }

    let world: SimulatedWorld
    let store: MemoryStorage
    let facts = NIOLockedValueBox(Facts())
    let chance: SeededChance

    /// - Parameter clock: of the store's machine: as a directory's, the agents' own; nil: on a machine of its own, whose clock is right.
    init(_ world: SimulatedWorld, seed: UInt64, storeClock clock: SimulatedClock? = nil) {
        self.world = world
        chance = SeededChance(seed: seed)
        store = MemoryStorage(time: clock ?? SimulatedClock(world))
    }

    func read<Value>(_ body: (inout Facts) -> Value) -> Value { facts.withLockedValue(body) }
}

/// One process: once killed, nothing that it does has any effect.
final class SimulatedProcess: Sendable {
    private let killed = NIOLockedValueBox(false)
    var isDead: Bool { killed.withLockedValue { $0 } }
    func kill() { killed.withLockedValue { $0 = true } }
    let memory = RepositoryMemory()
    /// Kafka's id of the cluster, once it has seen it.
    let seen = NIOLockedValueBox<String?>(nil)
}

/// Real snapshots in the real repository, of a cluster that changes all the time.
struct SimulatedRunner: Runner {
    let plant: SimulatedPlant
    let agent: Int
    let process: SimulatedProcess
    let clock: SimulatedClock

    private var storage: any Storage {
        FaultyStorage(SlowStorage(base: plant.store, clock: clock, chance: plant.chance)) { [plant, process] verb, path in
            if process.isDead { return .refuse(StorageError(code: .io, path: "", message: "dead", hint: "")) }
            if verb == .put, plant.read({ $0.storeIsFull }) {
                return .refuse(StorageError(code: .full, path: "\(path ?? "store")", message: "no space left", hint: "make room."))
            }
            return nil
        }
    }

    func repository(of cluster: String) async throws -> Repository {
        try await Repository.open(storage, time: clock, chance: plant.chance, memory: process.memory)
    }

    func explain(_ error: any Error) -> Failure {
        error as? Failure ?? Failure("\(error)", hint: "look.", exitCode: error is StorageError ? 19 : 1)
    }

    func seenClusterID(of cluster: String) -> String? { process.seen.withLockedValue { $0 } }

    func perform(_ job: Job, of cluster: String) async throws -> Ending {
        let began = plant.world.elapsed
        plant.read { facts in
            if !facts.running.isEmpty { facts.overlaps.append(.init(at: began, words: "\(job) of agent \(agent) beside \(facts.running)")) }
            facts.running.insert(agent)
        }
        defer { plant.read { _ = $0.running.remove(agent) } }
        guard plant.read({ $0.clusterIsUp }) else { throw Failure.broken }
        let repository = try await repository(of: cluster)
        if job == .retention { return try await retention(repository) }
        guard job == .backup else {
            let report = try await repository.check(readData: false)
            try await clock.sleep(for: .milliseconds(plant.chance.number(in: 1_000...400_000)))
            return Ending(
                summary: "checked", shortfall: report.isSound ? nil : Failure("\(report.findings)", hint: "", exitCode: 15))
        }
        let (version, isRestricted) = plant.read { facts in
            facts.version += 1
            return (facts.version, facts.isRestricted)
        }
        let id = try await repository.withWriter(holder: "agent \(agent)") { writer in
            try await clock.sleep(for: .milliseconds(plant.chance.number(in: 500...60_000)))
            let documents = (0..<20).map { number in
                Document(
                    id: ResourceID(ByteString("topic-\(number + 10)")), body: .object(["version": .integer(number == 0 ? version : 1)]))
            }
            let root = try await writer.write(documents)
            try await clock.sleep(for: .milliseconds(plant.chance.number(in: 500...30_000)))
            guard plant.read({ $0.clusterIsUp }) else { throw Failure.broken }
            return try await writer.publish(
                Manifest(
                    tool: .init(name: "tidemark", version: "0"), clusterID: "week", brokers: 3, lineage: Lineage(parent: nil),
                    started: clock.now(), finished: clock.now(),
                    sections: [Section(kind: "topics", part: .desired, root: root, state: .stable)],
                    certificate: Certificate(grade: .stable)))
        }
        plant.read { facts in
            facts.published.append(id)
            if process.isDead { return }
            if isRestricted { facts.lastPartial = began } else { facts.lastSuccess = began }
        }
        process.seen.withLockedValue { $0 = "week" }
        let shortfall = Failure("snapshot \(id.short) is partial", hint: "give the right.", exitCode: 10)
        return Ending(summary: "published", shortfall: isRestricted ? shortfall : nil, clusterID: "week")
    }

    /// As an agent does it by a policy, with what is to go noted before it does.
    private func retention(_ repository: Repository) async throws -> Ending {
        var forget = Forget(
            repository: repository, choice: .rules(RetentionRules(last: 30, hourly: 24, daily: 4)), holder: "agent \(agent)")
        forget.isRehearsal = true
        let doomed = Set(try await forget.run().forgotten.map(\.id))
        plant.read { $0.forgotten.formUnion(doomed) }
        forget.isRehearsal = false
        forget.approved = doomed
        var report = RetentionReport(forget: try await forget.run())
        let pruned = try await Prune(repository: repository, holder: "agent \(agent)").run()
        plant.read { $0.objectsFreed += pruned.objectsFreed }
        report.prune = pruned
        return Ending(summary: "forgotten and freed", report: report)
    }
}

/// A store that takes a moment for what changes it: so that its users meet, and are killed, in between.
struct SlowStorage: Storage {
    let base: MemoryStorage
    let clock: SimulatedClock
    let chance: SeededChance

    var name: String { base.name }

    private func pause() async { try? await clock.sleep(for: .milliseconds(chance.number(in: 1...400))) }

    func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError) {
        await pause()
        try base.put(bytes, at: path, mode: mode)
    }
    func delete(_ path: StoragePath) async throws(StorageError) {
        await pause()
        base.delete(path)
    }
    func get(_ path: StoragePath, range: Range<Int>?) async throws(StorageError) -> [UInt8] { try base.get(path, range: range) }
    func head(_ path: StoragePath) async throws(StorageError) -> StoredObject? { base.head(path) }
    func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) async throws(StorageError) -> [StoredObject] {
        base.list(prefix, after: after, limit: limit)
    }
    func now() async throws(StorageError) -> Timestamp { base.now() }
}

/// Listens, and sometimes does not.
struct SimulatedNotifier: Notifier {
    let plant: SimulatedPlant
    let agent: Int
    let process: SimulatedProcess

    func deliver(_ notice: Notice, to receiver: Receiver) async throws(DeliveryFailure) {
        if process.isDead { throw DeliveryFailure("dead") }
        if plant.chance.number(in: 0...3) == 0 { throw DeliveryFailure("the receiver is away") }
        plant.read { $0.told.append(.init(at: plant.world.elapsed, agent: agent, notice: notice)) }
    }
}

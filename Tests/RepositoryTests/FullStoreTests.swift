import Bytes
import NIOConcurrencyHelpers
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// A store with room for so many bytes, counted in blocks as a file system counts them.
struct StoreWithQuota: Storage {
    static let block = 4096
    let base: MemoryStorage
    let quota = NIOLockedValueBox(Int.max)

    var name: String { base.name }

    static func size(_ bytes: Int) -> Int { (bytes + block - 1) / block * block }
    var used: Int { base.list(nil, after: nil, limit: .max).reduce(0) { $0 + Self.size($1.length) } }
    /// From now on not a block is left.
    func fill() { quota.withLockedValue { $0 = used } }
    func enlarge() { quota.withLockedValue { $0 = .max } }

    func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError) {
        // Written aside first: what it takes the place of is there still.
        let room = quota.withLockedValue { $0 }
        guard room == .max || used + Self.size(bytes.count) <= room else {
            throw StorageError(code: .full, path: "\(path)", message: "cannot write \(path): No space left on device", hint: "Make room.")
        }
        try base.put(bytes, at: path, mode: mode)
    }
    func get(_ path: StoragePath, range: Range<Int>?) async throws(StorageError) -> [UInt8] { try base.get(path, range: range) }
    func head(_ path: StoragePath) async throws(StorageError) -> StoredObject? { base.head(path) }
    func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) async throws(StorageError) -> [StoredObject] {
        base.list(prefix, after: after, limit: limit)
    }
    func delete(_ path: StoragePath) async throws(StorageError) { base.delete(path) }
    func now() async throws(StorageError) -> Timestamp { base.now() }
}

/// Where not a block is left, what makes room works.
@Suite struct FullStoreTests {
    private struct Full {
        let bench: Bench
        let store: StoreWithQuota
        let repository: Repository
        /// The older one is superfluous.
        let snapshots: [SnapshotID]

        /// - Parameter objects: so many, roughly, that only the older snapshot needs.
        init(objects: Int) async throws {
            bench = try await Bench(tinyPagesSaltedWith: 9)
            store = StoreWithQuota(base: bench.memory)
            repository = try await Repository.open(store, time: bench.time, chance: SeededChance(seed: 4))
            var snapshots: [SnapshotID] = []
            for topics in [Bench.topics(objects * 6, partitions: 3), Bench.topics(10)] {
                snapshots.append(
                    try await repository.withWriter(holder: "a test") { [bench] writer in
                        let root = try await writer.write(topics)
                        return try await writer.publish(bench.manifest(["topics": root]), settle: { _, _ in }).id
                    })
                bench.time.advance(by: .seconds(1))
            }
            self.snapshots = snapshots
            store.fill()
        }

        func forget() async throws {
            let entry = try #require(try await repository.snapshots().first { $0.id == snapshots[0] })
            try await repository.withForgetter(holder: "forget") { try await $0.forget(entry) }
        }

        func judge() async throws {
            #expect(try await repository.check(readData: true).isSound)
            #expect(try await repository.leases().isEmpty)
            #expect(try bench.files(Layout.candidates).isEmpty)
            #expect(try await bench.documents(snapshots[1]).count == 10)
        }
    }

    @Test(arguments: [20, 2_000]) func forgetAndPruneFreeWhatNothingNeedsAndTheReserveIsThereAgainWhereThereIsRoom(_ objects: Int)
        async throws
    {
        let full = try await Full(objects: objects)
        #expect(full.bench.memory.head(Layout.reserve)?.length == Repository.reserveLength, "laid up by the backups")
        let error = await #expect(throws: StorageError.self) {
            try await full.repository.withWriter(holder: "a backup") { _ = try await $0.write(Bench.topics(5, partitions: 9)) }
        }
        #expect(error?.code == .full, "nobody else may have it")
        try await full.forget()
        let stored = try full.bench.files(Layout.objects).count
        let report = try await Prune(repository: full.repository, holder: "prune").run()
        #expect(report.objectsFreed > 0 && report.objectsFreed + report.objectsKept == stored)
        #expect(try full.bench.files(Layout.objects).count == report.objectsKept)
        #expect(full.bench.memory.head(Layout.reserve)?.length == Repository.reserveLength, "put back, however little was freed")
        #expect(try await Prune(repository: full.repository, holder: "prune").run().objectsFreed == 0, "nothing was left over")
        _ = try await full.repository.withWriter(holder: "a backup") { try await $0.write(Bench.topics(5, partitions: 9)) }
        try await full.judge()
    }

    @Test func rehearsalsPutNothing() async throws {
        let full = try await Full(objects: 20)
        try await full.forget()
        full.store.fill()
        let before = try full.bench.files(nil)
        var prune = Prune(repository: full.repository, holder: "prune")
        prune.isRehearsal = true
        #expect(try await prune.run().objectsFreed > 0)
        #expect(try full.bench.files(nil) == before)
    }

    @Test func anAgentsTurnToMakeRoomCanBeTakenAndAnotherCannot() async throws {
        let full = try await Full(objects: 20)
        let turns = try #require(full.repository.turns(of: "shop"))
        let error = await #expect(throws: StorageError.self) {
            _ = try await turns.withTurn(holder: "an agent", tookOver: { _ in }) { 0 }
        }
        #expect(error?.code == .full)
        guard
            case .done = try await turns.withTurn(
                holder: "an agent", idle: { nil }, tookOver: { _ in },
                {
                    try await full.forget()
                    _ = try await Prune(repository: full.repository, holder: "prune").run()
                })
        else {
            Issue.record("the turn was not taken")
            return
        }
        #expect(full.bench.memory.head(Layout.reserve)?.length == Repository.reserveLength)
        try await full.judge()
    }

    @Test func whatFreesNothingDoesNotSpendTheReserve() async throws {
        let full = try await Full(objects: 20)
        let before = try full.bench.files(nil)
        let turns = try #require(full.repository.turns(of: "shop"))
        for _ in 0..<3 {
            #expect(try await Prune(repository: full.repository, holder: "prune").run().isIdle)
            guard
                case .done(7) = try await turns.withTurn(
                    holder: "an agent", idle: { 7 }, tookOver: { _ in }, { throw CancellationError() })
            else {
                Issue.record("it is done without a turn")
                return
            }
            #expect(try await !full.repository.unpin(full.snapshots[0], holder: "unpin"))
            let error = await #expect(throws: StorageError.self) { try await full.repository.pin(full.snapshots[0], holder: "pin") }
            #expect(error?.code == .full, "a pin makes no room")
            #expect(try full.bench.files(nil) == before)
        }
        // Whoever took it for something that did not come about puts it back.
        await #expect(throws: CancellationError.self) {
            try await full.repository.withForgetter(holder: "forget") { _ in throw CancellationError() }
        }
        await #expect(throws: CancellationError.self) {
            _ = try await turns.withTurn(holder: "an agent", idle: { nil }, tookOver: { _ in }, { throw CancellationError() })
        }
        #expect(full.bench.memory.head(Layout.reserve)?.length == Repository.reserveLength)
        try await full.forget()
        #expect(try await Prune(repository: full.repository, holder: "prune").run().objectsFreed > 0)
        try await full.judge()
    }

    @Test func aPinIsTakenAwayOnAFullStore() async throws {
        let full = try await Full(objects: 20)
        full.store.enlarge()
        try await full.repository.pin(full.snapshots[0], holder: "pin")
        full.store.fill()
        #expect(try await full.repository.unpin(full.snapshots[0], holder: "unpin"))
        #expect(full.bench.memory.head(Layout.reserve)?.length == Repository.reserveLength)
        try await full.forget()
        try await full.judge()
    }

    @Test func withoutAReserveTheHintSaysWhatToDo() async throws {
        let full = try await Full(objects: 20)
        full.bench.memory.delete(Layout.reserve)
        full.store.fill()
        let error = await #expect(throws: StorageError.self) { try await full.forget() }
        #expect(error?.code == .full && error?.hint.contains("100 kB") == true && error?.hint.contains("tidemark forget --prune") == true)
        full.store.enlarge()
        try await full.forget()
        try await full.judge()
    }

    @Test func theLastRoomIsNotTheReserves() async throws {
        let full = try await Full(objects: 20)
        full.bench.memory.delete(Layout.reserve)
        let (used, length) = (full.store.used, StoreWithQuota.size(Repository.reserveLength))
        for (room, isLaidUp) in [(length * 5 - 1, false), (length * 5, true)] {
            full.store.quota.withLockedValue { $0 = used + room }
            await full.repository.layUpReserve()
            #expect(full.bench.memory.head(Layout.reserve)?.length == (isLaidUp ? Repository.reserveLength : nil), "\(room) bytes are free")
        }
        full.store.fill()
        await full.repository.layUpReserve()
        #expect(full.bench.memory.head(Layout.reserve)?.length == Repository.reserveLength, "it stays where it is")
        full.store.enlarge()
    }
}

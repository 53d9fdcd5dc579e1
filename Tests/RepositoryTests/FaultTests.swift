import Bytes
import Glibc
import Host
import Seams
import SnapshotModel
import Storage
import NIOConcurrencyHelpers
import Testing

@testable import Repository

@Suite struct FaultTests {
    /// Counts the calls of a store and fails the one of this number.
    private final class OneFault: Sendable {
        private let calls = NIOLockedValueBox(0)
        let number: Int
        let losesAnswer: Bool

        init(number: Int, losesAnswer: Bool) {
            self.number = number
            self.losesAnswer = losesAnswer
        }

        func next() -> FaultyStorage.Fault? {
            let call = calls.withLockedValue { calls in
                calls += 1
                return calls
            }
            guard call == number else { return nil }
            let error = StorageError(code: .io, path: "x", message: "the line was cut", hint: "Again.")
            return losesAnswer ? .loseAnswer(error) : .refuse(error)
        }
    }

    /// Whatever call of the store fails, with its work done or not: what is published is whole, and the next backup succeeds.
    @Test(arguments: [true, false]) func noFailingCallLeavesAHalfSnapshot(_ losesAnswer: Bool) async throws {
        var number = 1
        var succeeded = false
        while !succeeded {
            let bench = try await Bench(tinyPagesSaltedWith: 5)
            let earlier = try await bench.snapshot(Bench.topics(4))
            let fault = OneFault(number: number, losesAnswer: losesAnswer)
            let faulty = FaultyStorage(bench.memory) { _, _ in fault.next() }
            do {
                let repository = try await Repository.open(faulty, time: bench.time, chance: SeededChance(seed: 8))
                _ = try await repository.withWriter(holder: "a test") { writer in
                    let root = try await writer.write(Bench.topics(12, partitions: 9))
                    return try await writer.publish(bench.manifest(["topics": root], parent: earlier))
                }
                succeeded = true
            } catch is StorageError {
                number += 1
            }
            let report = try await bench.repository.check(readData: true)
            #expect(report.isSound && report.whole.contains(earlier), "call \(number): \(report.findings)")
            let next = try await bench.snapshot(Bench.topics(13, partitions: 9), parent: earlier)
            #expect(try await bench.documents(next).count == 13)
        }
        #expect(number > 15, "the calls of a backup were tried one by one")
    }

    @Test func writersAtOnceShareTheirPagesAndAllPublish() async throws {
        let bench = try await Bench(tinyPagesSaltedWith: 6)
        let ids = try await withThrowingTaskGroup(of: SnapshotID.self) { group in
            for number in 0..<8 {
                group.addTask { try await bench.snapshot(Bench.topics(100 + number % 2), cluster: ByteString("cluster-\(number)")) }
            }
            return try await group.reduce(into: Set<SnapshotID>()) { $0.insert($1) }
        }
        let report = try await bench.repository.check(readData: true)
        #expect(ids.count == 8 && Set(report.whole) == ids && report.findings.isEmpty)
    }

    @Test func placesThatCannotHoldARepositoryAreNamedWithAHint() async throws {
        var template = Array("/tmp/tidemark-places-XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&template)))
        let file = "\(folder)/file"
        defer {
            unlink(file)
            rmdir(folder)
        }
        close(open(file, O_CREAT | O_WRONLY, 0o600))
        for (root, code) in [
            (file, StorageError.Code.notADirectory), ("\(file)/below", .notADirectory), ("\(folder)/no/such", .notFound),
            ("/proc/tidemark", .notFound),
        ] {
            let storage = DirectoryStorage(root: root, time: HostTime())
            let error = await #expect(throws: StorageError.self) {
                _ = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
            }
            #expect(
                error?.code == code && error?.message.contains(root) == true && error?.hint.isEmpty == false,
                "\(root): \(error?.message ?? "")")
        }
        #expect(
            await repositoryError {
                _ = try await Repository.initialize(
                    DirectoryStorage(root: folder, time: HostTime()), time: HostTime(), chance: HostChance())
            }?.code == .notEmpty)
    }

    @Test func aStoreThatFillsUpLeavesWhatIsThereWhole() async throws {
        let bench = try await Bench(tinyPagesSaltedWith: 7)
        let earlier = try await bench.snapshot(Bench.topics(50))
        let full = StorageError(code: .full, path: "disk", message: "no room", hint: "Make room.")
        let room = Room(5)
        let storage = FaultyStorage(bench.memory) { verb, _ in
            verb == .put && !room.take() ? .refuse(full) : nil
        }
        let repository = try await Repository.open(storage, time: bench.time, chance: SeededChance(seed: 1))
        let error = await #expect(throws: StorageError.self) {
            try await repository.withWriter(holder: "a test") { _ = try await $0.write(Bench.topics(500, partitions: 2)) }
        }
        #expect(error?.code == .full)
        #expect(try await bench.repository.snapshots().map(\.id) == [earlier])
        #expect(try await bench.repository.check(readData: true).isSound)
        #expect(try bench.files(Layout.leases).isEmpty)
    }
}

/// Room for so many objects.
private final class Room: Sendable {
    private let left: NIOLockedValueBox<Int>

    init(_ objects: Int) { left = NIOLockedValueBox(objects) }

    func take() -> Bool {
        left.withLockedValue { left in
            left -= 1
            return left >= 0
        }
    }
}

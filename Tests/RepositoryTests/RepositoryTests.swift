import Bytes
import Compression
import Seams
import SnapshotModel
import Storage
import NIOConcurrencyHelpers
import Testing

@testable import Repository

@Suite struct RepositoryTests {
    @Test(arguments: Codec.allCases, [0, 1, 2, 100, 3_000]) func whatWasWrittenIsRead(_ codec: Codec, _ count: Int) async throws {
        let bench = try await Bench(codec: codec)
        let topics = Bench.topics(count)
        let id = try await bench.snapshot(topics)
        let root = try await bench.root(id)
        #expect(root.documents == count)
        #expect(try await bench.repository.documents(root).collected() == topics)
        let reopened = try await Repository.open(bench.memory, time: bench.time, chance: SeededChance(seed: 9))
        #expect(reopened.format == bench.repository.format)
        #expect(try await reopened.documents(root).collected() == topics)
    }

    @Test func aTreeGrowsAsHighAsItMustAndEveryDocumentIsFoundInIt() async throws {
        let bench = try await Bench(tinyPagesSaltedWith: 1)
        let topics = Bench.topics(1_000)
        let root = try await bench.root(try await bench.snapshot(topics))
        #expect(root.level >= 3)
        #expect(try await bench.repository.documents(root).collected() == topics)
        for place in stride(from: 0, to: topics.count, by: 37) {
            #expect(try await bench.repository.document(topics[place].id, in: root) == topics[place])
        }
        for absent in ["", "a", "orders.00000.v1 ", "orders.01000", "zzz"] as [ByteString] {
            #expect(try await bench.repository.document(ResourceID(absent), in: root) == nil)
        }
        #expect(try await bench.repository.document(ResourceID("a"), in: .empty) == nil)
    }

    @Test func anUnchangedSectionWritesNoObject() async throws {
        let bench = try await Bench()
        let topics = Bench.topics(2_000)
        let first = try await bench.snapshot(topics)
        let basis = try await bench.repository.manifest(first)
        for basis in [basis, nil] {
            let counters = try await bench.repository.withWriter(holder: "a test", basis: [basis].compactMap { $0 }) { writer in
                let root = try await writer.write(topics)
                #expect(root == bench.manifest(["topics": root]).sections[0].root)
                _ = try await writer.publish(bench.manifest(["topics": root], parent: first))
                return await writer.counters
            }
            #expect(counters.objectsWritten == 0 && counters.bytesWritten == 0 && counters.objectsHealed == 0)
            #expect(counters.objectsReused > 5)
        }
    }

    @Test func oneChangedTopicOfTenThousandRewritesOnePageAndItsPath() async throws {
        let bench = try await Bench()
        var topics = Bench.topics(10_000)
        let first = try await bench.root(try await bench.snapshot(topics))
        topics[5_000] = Bench.topic("orders.05000.v1", partitions: 7)
        let counters = try await bench.repository.withWriter(holder: "a test") { writer in
            let root = try await writer.write(topics)
            #expect(root.level == first.level)
            return await writer.counters
        }
        #expect(counters.objectsWritten == 1 + first.level)
    }

    @Test func documentsOutOfOrderAreRefused() async throws {
        let bench = try await Bench()
        for names in [["b", "a"], ["a", "a"]] as [[ByteString]] {
            let error = await repositoryError {
                try await bench.repository.withWriter(holder: "a test") { writer in
                    _ = try await writer.write(names.map { Bench.topic($0, partitions: 1) })
                }
            }
            #expect(error?.code == .refused)
        }
    }

    @Test(arguments: UInt8(0)..<4) func differencesAreThoseOfTheLists(_ salt: UInt8) async throws {
        let bench = try await Bench(tinyPagesSaltedWith: salt)
        let topics = Bench.topics(400)
        let old = try await bench.root(try await bench.snapshot(topics))
        let chance = SeededChance(seed: UInt64(salt))
        for round in 0..<5 {
            var changed = topics
            for _ in 0..<(round * round) {
                let place = chance.number(in: 0...changed.count - 2)
                switch chance.number(in: 0...2) {
                case 0: changed[place].body = .integer(round)
                case 1: changed.removeSubrange(place...min(place + round * 5, changed.count - 2))
                default:
                    let id = ResourceID(changed[place].id.parts[0] + "+")
                    if changed[place + 1].id != id { changed.insert(Document(id: id, body: .null), at: place + 1) }
                }
            }
            let new = try await bench.root(try await bench.snapshot(changed))
            for (from, to, left, right) in [(old, new, topics, changed), (new, old, changed, topics)] {
                #expect(try await bench.repository.difference(from, to).collected() == Array(Changes(from: left, to: right)))
            }
        }
        #expect(try await bench.repository.difference(.empty, old).collected().count == 400)
        #expect(try await bench.repository.difference(old, .empty).collected().count == 400)
    }

    @Test func equalSubtreesAreNotEvenRead() async throws {
        let bench = try await Bench(tinyPagesSaltedWith: 3)
        var topics = Bench.topics(1_000)
        let old = try await bench.root(try await bench.snapshot(topics))
        topics[500] = Bench.topic("orders.00500.v1", partitions: 7)
        let new = try await bench.root(try await bench.snapshot(topics))
        let counted = CountingReads()
        let watched = FaultyStorage(bench.memory) { verb, _ in
            if verb == .get { counted.add() }
            return nil
        }
        let repository = try await Repository.open(watched, time: bench.time, chance: SeededChance(seed: 2))
        let before = counted.count
        #expect(try await repository.difference(old, new).collected().count == 1)
        #expect(counted.count - before <= 2 * (old.level + 1))
    }

    @Test func runsKeepTheirFiles() async throws {
        let bench = try await Bench()
        try await bench.repository.putRun("20261123-ab", "plan.json", [1, 2])
        #expect(try await bench.repository.getRun("20261123-ab", "plan.json") == [1, 2])
        #expect(try await bench.repository.runFiles().map(\.name) == ["plan.json"])
        for name in ["", "..", ".", "a/b", "a\nb", "é"] {
            #expect(await repositoryError { try await bench.repository.putRun(name, "x", []) }?.code == .refused)
            #expect(await repositoryError { try await bench.repository.putRun("x", name, []) }?.code == .refused)
        }
    }
}

final class CountingReads: Sendable {
    private let number = NIOLockedValueBox(0)
    var count: Int { number.withLockedValue { $0 } }
    func add() { number.withLockedValue { $0 += 1 } }
}

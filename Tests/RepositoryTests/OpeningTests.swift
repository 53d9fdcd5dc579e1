import Bytes
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

@Suite struct OpeningTests {
    private func initialize(_ storage: any Storage) async throws -> Repository {
        try await Repository.initialize(storage, time: HandTime(), chance: SeededChance(seed: 1))
    }

    private func open(_ storage: any Storage) async throws -> Repository {
        try await Repository.open(storage, time: HandTime(), chance: SeededChance(seed: 1))
    }

    @Test func aPlaceThatHoldsSomethingElseIsLeftAsItIs() async throws {
        let memory = MemoryStorage(time: HandTime())
        try memory.put([1], at: "family/photo.jpg", mode: .ifAbsent)
        let error = await repositoryError { _ = try await initialize(memory) }
        #expect(error?.code == .notEmpty && error?.message.contains("family/photo.jpg") == true)
        #expect(memory.list(nil, after: nil, limit: 10).map(\.path) == ["family/photo.jpg"])
    }

    @Test func aRepositoryIsNotMadeTwice() async throws {
        let memory = MemoryStorage(time: HandTime())
        let first = try await initialize(memory)
        #expect(await repositoryError { _ = try await initialize(memory) }?.code == .alreadyARepository)
        #expect(try await open(memory).format == first.format)
    }

    @Test func aPlaceWithoutARepositoryIsSaidToBeSo() async throws {
        let error = await repositoryError { _ = try await open(MemoryStorage(time: HandTime())) }
        #expect(error?.code == .notARepository && error?.hint.contains("tidemark init") == true)
    }

    @Test func anUnknownFormatVersionIsRefusedBeforeAnythingElseIsRead() async throws {
        let memory = MemoryStorage(time: HandTime())
        try memory.put(Array(#"{"format":2,"everything":"else"}"#.utf8), at: "tidemark.json", mode: .ifAbsent)
        let watched = FaultyStorage(memory) { verb, path in
            #expect(verb == .get && path == "tidemark.json")
            return nil
        }
        let error = await repositoryError { _ = try await open(watched) }
        #expect(error?.code == .unknownFormat && error?.message.contains("format version 2") == true)
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"format":1}"#]) func aDamagedFormatFileIsNamed(_ text: String) async throws {
        let memory = MemoryStorage(time: HandTime())
        try memory.put(Array(text.utf8), at: "tidemark.json", mode: .ifAbsent)
        let error = await repositoryError { _ = try await open(memory) }
        #expect(error?.code == .damaged && error?.message.contains("tidemark.json") == true)
    }

    @Test func everyMemberOfTheFormatFileIsChecked() async throws {
        let memory = MemoryStorage(time: HandTime())
        _ = try await initialize(memory)
        let whole = try #require(try JSON.parse(try memory.get("tidemark.json", range: nil)).object)
        for key in whole.keys {
            for value in [JSON.null, .text("nonsense"), .integer(-1), .object([:])] {
                var members = whole
                members[key] = value
                try memory.put(JSON.object(members).canonicalBytes, at: "tidemark.json", mode: .overwrite)
                #expect(await repositoryError { _ = try await open(memory) } != nil, "\(key) = \(value)")
            }
        }
    }

    @Test func membersThatANewerVersionAddedAreKept() async throws {
        let memory = MemoryStorage(time: HandTime())
        _ = try await initialize(memory)
        var members = try #require(try JSON.parse(try memory.get("tidemark.json", range: nil)).object)
        members["keys"] = .array([.text("wrapped")])
        let bytes = JSON.object(members).canonicalBytes + [0x0a]
        try memory.put(bytes, at: "tidemark.json", mode: .overwrite)
        #expect(try await open(memory).format.canonicalBytes == bytes)
    }
}

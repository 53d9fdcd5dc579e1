import Storage
import Testing

@Suite struct StorageLawTests {
    @Test(arguments: StoreUnderTest.allCases) func whatWasPutIsGot(_ store: StoreUnderTest) async throws {
        try await store.with { storage in
            for length in [0, 1, 4_096, 300_000] {
                let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await storage.put(bytes, at: ("a/b" as StoragePath) / "object-\(length)", mode: .ifAbsent)
                #expect(try await storage.get(("a/b" as StoragePath) / "object-\(length)") == bytes)
                #expect(try await storage.head(("a/b" as StoragePath) / "object-\(length)")?.length == length)
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func aRangeIsCutToWhatThereIs(_ store: StoreUnderTest) async throws {
        try await store.with { storage in
            try await storage.put([0, 1, 2, 3, 4], at: "x", mode: .overwrite)
            #expect(try await storage.get("x", range: 1..<3) == [1, 2])
            #expect(try await storage.get("x", range: 3..<100) == [3, 4])
            #expect(try await storage.get("x", range: 50..<100) == [])
            #expect(try await storage.get("x", range: 2..<2) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func whatIsThereIsNotReplacedUnlessSaid(_ store: StoreUnderTest) async throws {
        try await store.with { storage in
            try await storage.put([1], at: "f/x", mode: .ifAbsent)
            #expect(await code { try await storage.put([2], at: "f/x", mode: .ifAbsent) } == .alreadyExists)
            #expect(try await storage.get("f/x") == [1])
            try await storage.put([3], at: "f/x", mode: .overwrite)
            #expect(try await storage.get("f/x") == [3])
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func ofManyPutsAtOnceOneWins(_ store: StoreUnderTest) async throws {
        try await store.with { storage in
            let winners = await withTaskGroup(of: UInt8?.self) { group in
                for number in UInt8(0)..<16 {
                    group.addTask {
                        (try? await storage.put([UInt8](repeating: number, count: 10_000), at: "race/x", mode: .ifAbsent)) == nil
                            ? nil : number
                    }
                }
                return await group.reduce(into: [UInt8]()) { if let winner = $1 { $0.append(winner) } }
            }
            #expect(winners.count == 1)
            let stored = try await storage.get("race/x")
            #expect(stored == [UInt8](repeating: winners.first ?? 99, count: 10_000))
            #expect(try await storage.all(under: nil).count == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func whatIsNotThereIsSaidToBeNotThere(_ store: StoreUnderTest) async throws {
        try await store.with { storage in
            #expect(await code { _ = try await storage.get("no/such") } == .notFound)
            #expect(try await storage.head("no/such") == nil)
            #expect(try await storage.list("no", after: nil, limit: 10) == [])
            #expect(try await storage.list(nil, after: nil, limit: 10) == [])
            try await storage.delete("no/such")
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func whatIsDeletedIsGoneAndNothingElse(_ store: StoreUnderTest) async throws {
        try await store.with { storage in
            try await storage.put([1], at: "f/x", mode: .ifAbsent)
            try await storage.put([2], at: "f/y", mode: .ifAbsent)
            try await storage.delete("f/x")
            #expect(try await storage.head("f/x") == nil)
            #expect(try await storage.get("f/y") == [2])
            try await storage.put([3], at: "f/x", mode: .ifAbsent)
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func listsAscendByTheBytesOfThePathInPagesOfAnySize(_ store: StoreUnderTest) async throws {
        try await store.with { storage in
            let paths: [StoragePath] = ["a-b/x", "a/x", "a/y/z", "a.c", "a/b-c/d", "a/b/d", "B", "é/ü", "a0", "z", "zz", "z!"]
            for path in paths { try await storage.put([], at: path, mode: .ifAbsent) }
            #expect(try await storage.all(under: nil).map(\.path) == paths.sorted())
            #expect(try await storage.list(nil, after: nil, limit: 100).map(\.path) == paths.sorted())
            for limit in 1...4 {
                var seen: [StoragePath] = []
                while case let page = try await storage.list(nil, after: seen.last, limit: limit), !page.isEmpty {
                    seen += page.map(\.path)
                }
                #expect(seen == paths.sorted(), "pages of \(limit)")
            }
            #expect(try await storage.list("a", after: nil, limit: 100).map(\.path) == ["a/b-c/d", "a/b/d", "a/x", "a/y/z"])
            #expect(try await storage.list("a", after: "a/b/d", limit: 1).map(\.path) == ["a/x"])
            #expect(try await storage.all(under: "é").map(\.path) == ["é/ü"])
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func aFileIsNoFolder(_ store: StoreUnderTest) async throws {
        try await store.with { storage in
            try await storage.put([1], at: "x", mode: .ifAbsent)
            #expect(await code { try await storage.put([2], at: "x/y", mode: .ifAbsent) } == .notADirectory)
            #expect(try await storage.get("x") == [1])
        }
    }
}

@Suite struct StoragePathTests {
    @Test(arguments: ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\0b", String(repeating: "n", count: 256)])
    func whatCouldLeadElsewhereIsNoPath(_ text: String) { #expect(StoragePath(text) == nil) }

    @Test func namesInBothNormalFormsAreTwoPaths() { #expect(StoragePath("caf\u{e9}") != StoragePath("cafe\u{301}")) }
    @Test func aFolderHoldsWhatIsBelowItOnly() {
        let folder: StoragePath = "a"
        #expect(("a/b" as StoragePath).isBelow(folder))
        #expect(!("ab" as StoragePath).isBelow(folder))
        #expect(!folder.isBelow(folder))
    }
    @Test func aPathForPeopleHoldsNoControlCharacter() { #expect(("a\u{1b}[2J" as StoragePath).description == "a\\x1b[2J") }
}

@Suite struct FaultyStorageTests {
    @Test func faultsHappenAsAsked() async throws {
        let lost = StorageError(code: .io, path: "x", message: "cut", hint: "Again.")
        let memory = MemoryStorage(time: HandTime())
        let storage = FaultyStorage(memory) { verb, path in
            switch (verb, path) {
            case (.put, "refused"): .refuse(lost)
            case (.put, "unanswered"): .loseAnswer(lost)
            case (.put, "altered"): .alter { $0.map { $0 ^ 1 } }
            default: nil
            }
        }
        #expect(await code { try await storage.put([1], at: "refused", mode: .ifAbsent) } == .io)
        #expect(memory.head("refused") == nil)
        #expect(await code { try await storage.put([1], at: "unanswered", mode: .ifAbsent) } == .io)
        #expect(memory.head("unanswered") != nil)
        try await storage.put([1], at: "altered", mode: .ifAbsent)
        #expect(try await storage.get("altered") == [0])
    }
}

import Bytes
import Host
import Logging
import NIOConcurrencyHelpers
import Policies
import Repository
import Seams
import SnapshotModel
import Storage
import Testing
import Waiting

@testable import Agent

/// What is told once, of which cluster, and until when that holds.
@Suite struct TellingsTests {
    /// A repository by the test's clock, and agents that tell.
    struct Place {
        let time: SetTime
        let storage: MemoryStorage
        let turns: Turns

        init() async throws {
            time = try SetTime("2026-11-24T00:00:00Z")
            storage = MemoryStorage(time: time)
            let repository = try await Repository.initialize(storage, time: time, chance: HostChance())
            turns = try #require(repository.turns(of: "same"))
        }

        func matter(_ owner: String?, gap: Duration = .seconds(60)) -> Matter {
            Matter(job: .backup, cluster: "same", gap: gap, turns: turns, owner: owner)
        }

        /// Whether an agent that just began tells of it.
        func raises(_ code: Int32, _ owner: String?, gap: Duration = .seconds(60), by agent: Tellings? = nil) async -> Bool {
            let agent = agent ?? Tellings(holder: "an agent")
            return await agent.raise(Trouble(event: .failure, code: code), of: matter(owner, gap: gap)) { [] } != nil
        }

        func settles(_ owner: String?, former: String? = nil, by agent: Tellings? = nil) async -> Bool {
            await (agent ?? Tellings(holder: "another")).settle(matter(owner), former: former) { [] } != nil
        }

        var files: [String] { storage.list("turns", after: nil, limit: 100).map { "\($0.path)" } }
    }

    @Test("each way to fail is told once, whichever came before; and all of them have one end")
    func codes() async throws {
        let place = try await Place()
        for code: Int32 in [10, 17, 13] {
            #expect(await place.raises(code, "one"))
            for other: Int32 in [10, 17, 13] where other <= 10 || other == code { #expect(await !place.raises(other, "one")) }
        }
        #expect(await place.settles("one"))
        #expect(await !place.settles("one"))
        #expect(place.files == [])
        #expect(await place.raises(17, "one"))
    }

    @Test("what one cluster does well takes nothing back that was told of another of its name")
    func namesakes() async throws {
        let place = try await Place()
        #expect(await place.raises(13, "B"))
        for _ in 0..<3 {
            #expect(await !place.settles("A"))
            #expect(await !place.raises(13, "B"))
        }
        #expect(await place.raises(13, "A"))
        #expect(await place.settles("A"))
        #expect(await !place.raises(13, "B"))
        #expect(await place.settles("B"))
        #expect(place.files == [])
    }

    @Test("who does not know which cluster it has takes what was told for its own, as after a restart while it is down")
    func unknown() async throws {
        let place = try await Place()
        #expect(await place.raises(17, "A"))
        #expect(await !place.raises(17, nil))
        #expect(await place.raises(19, nil))
        #expect(await !place.raises(19, "A"))
        #expect(await place.settles("A"))
        #expect(place.files == [])
    }

    @Test("a cluster that takes another's place ends its troubles, and a process those that it told itself")
    func placeTaken() async throws {
        let place = try await Place()
        #expect(await place.raises(17, "A"))
        #expect(await !place.settles("B"))
        #expect(await place.settles("B", former: "A"))
        let agent = Tellings(holder: "the one")
        #expect(await place.raises(13, "B", by: agent))
        #expect(await place.settles("A", by: agent))
        #expect(place.files == [])
    }

    @Test("what an earlier version told stands for any failure until it is settled, or a week old")
    func earlier() async throws {
        let place = try await Place()
        func tell() throws {
            let bytes = Array("{\"began\":\"\(place.time.now())\",\"complete\":false,\"holder\":\"old\"}\n".utf8)
            try place.storage.put(bytes, at: "turns/same/backup.failure.json", mode: .overwrite)
        }
        try tell()
        #expect(await !place.raises(17, "A"))
        #expect(await place.settles("A"))
        #expect(place.files == [])
        try tell()
        for _ in 0..<7 {
            place.time.pass(.seconds(86_400))
            #expect(await !place.raises(10, "A"))
        }
        place.time.pass(.seconds(60))
        #expect(await place.raises(10, "A"))
        #expect(place.files.count == 1)
    }

    @Test("a trouble that goes on for a month is told once; one that nobody met for a week, or three runs, is new")
    func stale() async throws {
        let place = try await Place()
        #expect(await place.raises(15, nil))
        for _ in 0..<60 {
            place.time.pass(.seconds(43_200))
            #expect(await !place.raises(15, nil))
        }
        place.time.pass(.seconds(8 * 86_400))
        #expect(await !place.raises(15, nil, gap: .seconds(7 * 86_400)))
        place.time.pass(.seconds(8 * 86_400))
        #expect(await place.raises(15, nil))
        #expect(await !place.raises(15, nil))
    }
}

import Foundation
import Glibc
import Host
import Seams
import Testing
import Waiting

@testable import Agent

/// Programs that do not do as they are expected to.
@Suite struct HostProgramTests {
    private let input = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)

    private func program(_ words: String...) -> HostProgram {
        HostProgram(path: words[0], arguments: Array(words.dropFirst()), variables: ["PATH": "/usr/bin:/bin"])
    }

    @Test("one that ends without reading what it is handed has ended well, a hundred times over, also many at once")
    func readsNothing() async throws {
        for _ in 0..<80 { try await program("/bin/true").run(input: input, within: .seconds(30), HostTime()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await program("/bin/true").run(input: input, within: .seconds(30), HostTime()) } }
            try await group.waitForAll()
        }
    }

    @Test("one that fails at once says why, whatever it has not read")
    func failsAtOnce() async {
        for _ in 0..<20 {
            let failure = await #expect(throws: DeliveryFailure.self) {
                try await program("/bin/sh", "-c", "echo 'no such user' >&2; exit 67").run(input: input, within: .seconds(30), HostTime())
            }
            #expect(failure?.reason == "/bin/sh ended with code 67: no such user")
        }
    }

    @Test("what one is handed it can read to its end, and no more")
    func reads() async throws {
        try await program("/bin/sh", "-c", "test $(wc -c) -eq 200000").run(input: input, within: .seconds(30), HostTime())
        try await program("/bin/sh", "-c", "test $(wc -c) -eq 0").run(input: [], within: .seconds(30), HostTime())
    }

    @Test("one that says more than anybody reads is not kept in memory, and goes on")
    func talkative() async throws {
        try await program("/bin/sh", "-c", "head -c 10000000 /dev/zero >&2; exit 0").run(input: [], within: .seconds(30), HostTime())
    }

    @Test("one that leaves a child behind has ended when it ended itself")
    func leavesAChild() async throws {
        let began = HostTime().uptime()
        try await program("/bin/sh", "-c", "sleep 5 & exit 0").run(input: input, within: .seconds(60), HostTime())
        #expect(HostTime().uptime() - began < .seconds(4))
    }

    @Test("one that hangs goes with what it has started", arguments: ["", "trap '' TERM;"])
    func hangs(trap: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tidemark-children-\(HostChance().bytes(8).hex)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let script = "\(trap) sh -c \"\(trap) echo \\$\\$ > \(file); sleep 600; sleep 600\" & sleep 600; wait"
        let failure = await #expect(throws: DeliveryFailure.self) {
            try await program("/bin/sh", "-c", script).run(input: [], within: .seconds(2), HostTime())
        }
        #expect(failure?.reason.contains("did not end within 2s") == true)
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let child = try #require(pid_t(text))
        try await until("the child is gone") {
            // Whoever took it on may not have looked after it yet.
            let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8))?.split(separator: " ").dropFirst(2).first
            return kill(child, 0) != 0 || state == "Z"
        }
    }
}

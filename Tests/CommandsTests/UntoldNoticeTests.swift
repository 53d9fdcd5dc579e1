import Foundation
import Host
import LoopbackServer
import Seams
import Testing
import Waiting

@testable import Commands

/// The real agent, killed with SIGKILL while a receiver on loopback holds its answer back.
@Suite(.serialized) struct UntoldNoticeTests {
    /// What nobody answers at.
    private static let nobody = "127.0.0.1:1"

    private struct Stage {
        let directory: String
        var repository: String { "\(directory)/repository" }
        var policy: String { "\(directory)/policy.yaml" }
        var notes: String { "\(repository)/turns/shop/untold" }

        func prepare(_ url: String) async throws {
            #expect(try await Binary.run(["init", "--repo", repository]).code == 0)
            try Data(
                """
                version: 1
                agent: { backoff: 1s, longestBackoff: 1s, stopWithin: 5s }
                notifications:
                  - webhook: \(url)/pager
                clusters:
                  - name: shop
                    bootstrapServers: ["\(UntoldNoticeTests.nobody)"]
                    properties: { default.api.timeout.ms: 1000, request.timeout.ms: 500 }
                    repository: \(repository)
                    backup: { every: 1h }
                """.utf8
            ).write(to: URL(filePath: policy))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: policy)
        }

        func untold() -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: notes)) ?? []).filter { $0.hasSuffix(".json") }
        }

        /// A minute passes for the notes: nobody is at them any more.
        func letNotesEnd() throws {
            for name in untold() {
                let path = "\(notes)/\(name)"
                let text = try String(contentsOfFile: path, encoding: .utf8)
                let until = try #require(text.firstMatch(of: /"until":"([^"]+)"/)).output.1
                try Data(text.replacing(until, with: "\(HostTime().now().advanced(by: .seconds(-1)))").utf8).write(to: URL(filePath: path))
            }
        }

        /// Runs the agent beside `body`, and ends it by `signal`.
        func agent(_ signal: Int32, _ body: @escaping @Sendable () async throws -> Void) async throws -> Binary.Ended {
            try await Binary.run(["agent", "--policy", policy]) { process in
                defer { kill(process.value, signal) }
                try await body()
            }
        }
    }

    @Test("what was on its way when the agent was killed is told by the next one, once")
    func killed() async throws {
        try await withDirectory { directory in
            let stage = Stage(directory: directory)
            try await LoopbackServer.run { _, before in
                before == 0 ? .silence : .init(204)
            } _: { server in
                try await stage.prepare(server.url)
                let killed = try await stage.agent(SIGKILL) { try await until("the first is on its way") { server.requests.count == 1 } }
                #expect(killed.signal == SIGKILL)
                #expect(stage.untold().count == 1, "noted before it was told")
                try stage.letNotesEnd()

                let next = try await stage.agent(SIGTERM) {
                    try await until("told again, and the note taken away") { server.requests.count == 2 && stage.untold().isEmpty }
                }
                #expect(next.code == 0, "\(next.errors)")
                #expect(next.errors.contains("telling what was left untold"))
                let bodies = server.requests.map(\.body)
                #expect(bodies.count == 2 && bodies[0] == bodies[1] && bodies[0].contains("\"failure\""), "\(bodies)")
            }
        }
    }

    @Test("in the normal case it is told once, and nothing is left to tell")
    func once() async throws {
        try await withDirectory { directory in
            let stage = Stage(directory: directory)
            try await LoopbackServer.run { _, _ in
                .init(204)
            } _: { server in
                try await stage.prepare(server.url)
                for _ in 0..<3 {
                    let ended = try await Binary.run(["agent", "--once", "--policy", stage.policy])
                    #expect(ended.code == 17, "\(ended.errors)")
                    #expect(server.requests.count == 1 && stage.untold().isEmpty)
                }
            }
        }
    }
}

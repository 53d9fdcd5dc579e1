import Glibc
import Host
import LoopbackServer
import Monitoring
import NIOConcurrencyHelpers
import Policies
import Repository
import Seams
import ServiceLifecycle
import Storage
import Testing
import Waiting
import Web

@testable import Agent

/// Real HTTP against a real agent.
@Suite(.serialized) struct MonitoringServerTests {
    /// An agent whose runs end at once, its server, and where that listens.
    private func serving(
        limits: MonitoringServer.Limits = MonitoringServer.Limits(), _ change: (inout AgentService.Setup) -> Void = { _ in },
        _ script: @escaping @Sendable (Job, String) async throws -> Ending = { _, _ in Ending(summary: "done") },
        _ body: @escaping @Sendable (AgentService, _ url: String) async throws -> Void
    ) async throws {
        let storage = try await AgentServiceTests.memory()
        var setup = AgentServiceTests.setup { AgentServiceTests.engagement(storage, script) }
        let measures = Measures()
        setup.onEnding = { measures.note($0, $1) }
        change(&setup)
        let service = AgentService(setup)
        let port = NIOLockedValueBox<Int?>(nil)
        let server = MonitoringServer(
            MonitoringPages(service, measures, version: "1.2.3", time: HostTime()), at: ListenAddress(host: "127.0.0.1", port: 0),
            limits: limits
        ) { bound in port.withLockedValue { $0 = bound } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                try await server.waitUntilListening()
                try await service.run()
            }
            do {
                try await until("it listens") { port.withLockedValue { $0 } != nil }
                try await body(service, "http://127.0.0.1:\(port.withLockedValue { $0 } ?? 0)")
            } catch {
                group.cancelAll()
                throw error
            }
            service.stop()
            group.cancelAll()
        }
    }

    private func get(_ url: String, method: String = "GET", accept: String? = nil) async throws -> (status: Int, text: String) {
        let headers = accept.map { [(name: "Accept", value: $0)] } ?? []
        let answer = try await NetworkWeb().send(WebRequest(method: method, url: url, headers: headers))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    private func status(_ url: String, _ pages: String...) async throws -> [Int] {
        var found: [Int] = []
        for page in pages { found.append(try await get("\(url)/health/\(page)").status) }
        return found
    }

    @Test("what a run did is told to the next scraper, in the format that it likes best")
    func metrics() async throws {
        let report = MeasuresTests.report(at: Moment(HostTime()), lag: [:], ends: [:])
        try await serving({ _ in }, { _, _ in Ending(summary: "done", report: report) }) { _, url in
            try await until("a run is told") {
                try await get(url + "/metrics").text.contains(
                    "tidemark_runs_total{cluster=\"one\",job=\"backup\",outcome=\"succeeded\"} 1\n")
            }
            let older = try await get(url + "/metrics?x=y").text
            #expect(older.contains("tidemark_build_info{version=\"1.2.3\"} 1\n") && older.contains("tidemark_backup_calls"))
            #expect(older.split(separator: "\n").allSatisfy { $0.hasPrefix("#") || Sample(line: $0.utf8) != nil })
            #expect(!older.contains("# EOF"))
            let newer = try await get(url + "/metrics", accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5").text
            #expect(newer.hasSuffix("# EOF\n") && newer.contains("# TYPE tidemark_runs counter"))
        }
    }

    @Test("alive, ready and started; not ready any more while it stops, and alive still")
    func health() async throws {
        let isReleased = NIOLockedValueBox(false)
        try await serving(
            { _ in },
            { _, _ in
                try await until("the test lets it end") { isReleased.withLockedValue { $0 } }
                return Ending(summary: "done")
            }
        ) { service, url in
            try await until("ready") { try await get(url + "/health/ready").status == 200 }
            #expect(try await status(url, "live", "startup") == [200, 200])
            try await until("a run is under way") { service.status?.clusters.first?.running != nil }
            service.stop()
            try await until("not ready") { try await get(url + "/health/ready").status == 503 }
            #expect(try await get(url + "/health/ready").text == "the agent is stopping\n")
            #expect(try await status(url, "live", "startup") == [200, 200])
            isReleased.withLockedValue { $0 = true }
        }
    }

    @Test("while the policy is being read it is alive, and neither ready nor started")
    func beforeThePolicy() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        try await serving(
            { setup in
                let load = setup.load
                setup.load = {
                    for await _ in gate {}
                    return try await load()
                }
            }
        ) { _, url in
            #expect(try await get(url + "/health/live").status == 200)
            #expect(try await status(url, "ready", "startup") == [503, 503])
            #expect(try await get(url + "/health/startup").text == "no policy has been read\n")
            #expect(try await get(url + "/metrics").text.contains("tidemark_agent_ready 0\n"))
            open.finish()
            try await until("started") { try await get(url + "/health/startup").status == 200 }
        }
    }

    @Test("a loop that has not turned for 90 seconds is stuck")
    func stuck() async throws {
        let time = SteppedTime()
        let storage = try await AgentServiceTests.memory()
        var setup = AgentServiceTests.setup { AgentServiceTests.engagement(storage) { _, _ in Ending(summary: "done") } }
        setup.time = time
        let pages = MonitoringPages(AgentService(setup), Measures(), version: "1", time: time)
        #expect(pages.answer("GET", "/health/live", accept: nil).status == 200)
        time.advance(by: .seconds(90))
        #expect(pages.answer("GET", "/health/live", accept: nil).status == 200)
        time.advance(by: .seconds(1))
        let stuck = pages.answer("GET", "/health/live", accept: nil)
        #expect(stuck.status == 503 && String(decoding: stuck.body, as: UTF8.self) == "the loop last turned 1m31s ago\n")
    }

    @Test("only what is there is read, and nothing is written")
    func otherwise() async throws {
        try await serving { _, url in
            #expect(try await get(url + "/").status == 404)
            #expect(try await get(url + "/health").status == 404)
            #expect(try await get(url + "/metrics", method: "POST").status == 405)
            let head = try await get(url + "/metrics", method: "HEAD")
            #expect(head.status == 200 && head.text == "")
        }
    }

    @Test("headers are bounded: whoever sends too many gets no page")
    func headers() async throws {
        try await serving { (_: AgentService, url: String) async throws in
            let long = WebRequest(url: url + "/metrics", headers: [(name: "X-Long", value: String(repeating: "x", count: 20_000))])
            let answer = try? await NetworkWeb().send(long)
            #expect(answer.map { !$0.isSuccess } ?? true)
            #expect(try await status(url, "live") == [200])
        }
    }

    @Test("connections are bounded: beyond that those that ask nothing are closed, and a probe is answered")
    func connections() async throws {
        var limits = MonitoringServer.Limits()
        limits.head = .seconds(60)
        try await serving(limits: limits) { (_: AgentService, url: String) async throws in
            let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
            let most = MonitoringServer.Limits().connections
            let held = try (0..<most + 32).map { _ in try #require(Self.connect(port)) }
            defer { for socket in held { close(socket) } }
            for socket in held { _ = Self.write("GET /health/live HTTP/1.1\r\nHost: a", to: socket) }
            var request = WebRequest(url: url + "/health/live")
            request.timeout = .seconds(5)
            for _ in 0..<10 { #expect(try await NetworkWeb().send(request).isSuccess) }
            try await until("those beyond the limit are closed") { held.count { Self.isClosed($0) } >= 32 }
            #expect(held.count { Self.isClosed($0) } < most, "those within the limit have their time")
        }
    }

    @Test("the head of a request has its time in all, however its bytes come, and a connection between two requests has another")
    func heads() async throws {
        var limits = MonitoringServer.Limits()
        (limits.head, limits.idle) = (.milliseconds(400), .seconds(60))
        try await serving(limits: limits) { (_: AgentService, url: String) async throws in
            let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
            let silent = try #require(Self.connect(port))
            let dribbling = try #require(Self.connect(port))
            let kept = try #require(Self.connect(port))
            defer { for socket in [silent, dribbling, kept] { close(socket) } }
            _ = Self.write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n", to: kept)
            try await until("it is answered") { Self.read(from: kept)?.hasPrefix("HTTP/1.1 200") == true }
            try await until("the silent one is closed") { Self.isClosed(silent) }
            _ = Self.write("GET /metrics HTTP/1.1\r\n", to: dribbling)
            try await until("the one that dribbles is closed") { !Self.write("X-More: x\r\n", to: dribbling) || Self.isClosed(dribbling) }
            #expect(!Self.isClosed(kept), "nothing is owed on it")
            // The second request of a connection has the same time from its first byte on.
            _ = Self.write("GET", to: kept)
            try await until("it is closed, too") { Self.isClosed(kept) }
        }
        #expect(MonitoringServer.Limits().head == .seconds(10))
    }

    @Test("an answer that nobody takes is given up")
    func untakenAnswers() async throws {
        var limits = MonitoringServer.Limits()
        (limits.answer, limits.idle) = (.milliseconds(400), .seconds(60))
        try await serving(limits: limits) { (_: AgentService, url: String) async throws in
            let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
            let greedy = try #require(Self.connect(port))
            defer { close(greedy) }
            // Answers enough to fill what the system keeps for whoever does not read.
            let many = String(repeating: "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", count: 200)
            try await until("it is closed") { !Self.write(many, to: greedy) }
        }
    }

    @Test("a port that is taken is an error that says so, and the agent is not begun")
    func busy() async throws {
        try await serving { _, url in
            let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
            let isBegun = NIOLockedValueBox(false)
            let service = AgentService(
                AgentServiceTests.setup {
                    isBegun.withLockedValue { $0 = true }
                    throw Failure.broken
                })
            let server = MonitoringServer(
                MonitoringPages(service, Measures(), version: "1", time: HostTime()), at: ListenAddress(host: "127.0.0.1", port: port))
            let error = await #expect(throws: MonitoringServerError.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await server.run() }
                    group.addTask {
                        try await server.waitUntilListening()
                        try await service.run()
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
            #expect(error?.message == "metrics cannot be served at 127.0.0.1:\(port): the port is taken")
            #expect(!isBegun.withLockedValue { $0 })
        }
    }

    @Test("within a group of services it ends after the agent, with a connection open and idle")
    func group() async throws {
        let storage = try await AgentServiceTests.memory()
        let service = AgentService(AgentServiceTests.setup { AgentServiceTests.engagement(storage) { _, _ in Ending(summary: "done") } })
        let port = NIOLockedValueBox<Int?>(nil)
        let server = MonitoringServer(
            MonitoringPages(service, Measures(), version: "1", time: HostTime()), at: ListenAddress(host: "127.0.0.1", port: 0)
        ) { bound in port.withLockedValue { $0 = bound } }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server), .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: AgentServiceTests.setup { throw Failure.broken }.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await until("it listens") { port.withLockedValue { $0 } != nil }
            let idle = try #require(Self.connect(port.withLockedValue { $0 } ?? 0))
            defer { close(idle) }
            try await until("alive") {
                try await get("http://127.0.0.1:\(port.withLockedValue { $0 } ?? 0)/health/live").status == 200
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(service.status?.isStopping == true)
    }

    /// Whether all of it could be handed over, or there was no room for it; not where the connection is closed.
    private static func write(_ text: String, to socket: Int32) -> Bool {
        let bytes = Array(text.utf8)
        return send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) >= 0 || errno == EAGAIN
    }

    /// What has come; nil where nothing has.
    private static func read(from socket: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }

    private static func isClosed(_ socket: Int32) -> Bool {
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
        return count == 0 || count < 0 && errno != EAGAIN
    }

    private static func connect(_ port: Int) -> Int32? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        return result == 0 ? socket : nil
    }

    /// A clock that goes when the test says.
    final class SteppedTime: TimeSource {
        private let passed = NIOLockedValueBox(Duration.seconds(5000))
        func advance(by duration: Duration) { passed.withLockedValue { $0 += duration } }
        func now() -> Timestamp { AgentStage.start.advanced(by: uptime()) }
        func uptime() -> Duration { passed.withLockedValue { $0 } }
        func sleep(for duration: Duration) async throws { throw CancellationError() }
    }
}

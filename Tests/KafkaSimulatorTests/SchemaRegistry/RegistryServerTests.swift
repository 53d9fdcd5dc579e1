import AsyncHTTPClient
import Bytes
import Host
import NIOCore
import Testing

@testable import KafkaSimulator

@Suite("The simulated registry on its socket")
struct RegistryServerTests {
    @Test("a port that is taken is told, with a hint")
    func portTaken() async throws {
        try await RegistryServer.withRegistry(time: HostTime()) { _, url in
            let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
            let error = await #expect(throws: RegistryServerError.self) {
                try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(port: port), time: HostTime()) { _, _ in }
            }
            #expect(error?.message.hasSuffix("the port is taken") == true)
        }
    }

    @Test("a certificate that is none is told")
    func badCertificate() async throws {
        let configuration = SimulatedRegistryConfiguration(tls: .init(certificateChainPEM: "x", privateKeyPEM: "y"))
        await #expect(throws: RegistryServerError.self) {
            try await RegistryServer.withRegistry(configuration, time: HostTime()) { _, _ in }
        }
    }

    @Test("what the body of withRegistry throws comes out of it")
    func bodyThrows() async throws {
        struct Own: Error {}
        await #expect(throws: Own.self) {
            try await RegistryServer.withRegistry(time: HostTime()) { _, _ in throw Own() }
        }
    }

    @Test("a body beyond the limit is refused, and the next call is served")
    func largeBody() async throws {
        try await RegistryServer.withRegistry(time: HostTime()) { registry, url in
            var request = HTTPClientRequest(url: url + "/subjects/a/versions")
            request.method = .POST
            request.body = .bytes([UInt8](repeating: 0x20, count: 11 << 20))
            let refused = try? await HTTPClient.shared.execute(request, timeout: .seconds(30))
            #expect(refused.map { $0.status == .payloadTooLarge } ?? true)
            let served = try await HTTPClient.shared.execute(HTTPClientRequest(url: url + "/subjects"), timeout: .seconds(30))
            #expect(try await Array(buffer: served.body.collect(upTo: 100)) == Array("[]".utf8))
        }
    }

    @Test("a user with half the rights is told 403 about the subjects of others, however they are named, and lists them all the same")
    func hiddenSubjects() async throws {
        var configuration = SimulatedRegistryConfiguration(users: ["alice": "a", "bob": "b"])
        configuration.hiddenSubjects = ["bob": ["secret/value"]]
        let access = RegistryAccess(configuration)
        let bob = "Basic \(Base64.encode(Array("bob:b".utf8)))"
        let alice = "Basic \(Base64.encode(Array("alice:a".utf8)))"
        for target in [
            "/subjects/secret%2Fvalue/versions", "/config/secret%2Fvalue", "/mode/secret%2Fvalue?force=true",
            "/schemas/ids/1?subject=secret%2Fvalue", "/compatibility/subjects/secret%2Fvalue/versions/latest",
        ] {
            #expect(access.refusedSubject(bob, target) == "secret/value")
            #expect(access.refusedSubject(alice, target) == nil)
        }
        #expect(access.refusedSubject(bob, "/subjects?deleted=true") == nil)
        try await RegistryServer.withRegistry(configuration, time: HostTime()) { _, url in
            var request = HTTPClientRequest(url: url + "/subjects/secret%2Fvalue/versions")
            request.headers.add(name: "authorization", value: bob)
            let refused = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            #expect(refused.status == .forbidden)
            let body = try OrderedJSON(parsing: Array(buffer: try await refused.body.collect(upTo: 1000)))
            #expect(body["error_code"] == .integer(40301))
        }
    }

    @Test("listings are cut at a page, whatever the limit; the rest comes by offset")
    func pages() throws {
        let registry = SimulatedRegistry(flavour: .confluent, pages: RegistryPages(subjects: 2, schemas: 3), time: HostTime())
        for name in ["a", "b", "c", "d", "e"] {
            #expect(registry.serve("POST", "/subjects/\(name)/versions", body: Array(#"{"schema":"\"string\""}"#.utf8)).status == 200)
        }
        func count(_ target: String) throws -> Int { try OrderedJSON(parsing: registry.serve("GET", target).body).asArray?.count ?? -1 }
        #expect(try ["", "?limit=1", "?limit=5", "?offset=4", "?offset=5"].map { try count("/subjects\($0)") } == [2, 1, 2, 1, 0])
        #expect(try ["", "?limit=2", "?limit=-1", "?offset=3"].map { try count("/schemas\($0)") } == [3, 2, 3, 2])
    }

    @Test("faults are met in the order in which they were asked for, then calls are served")
    func faults() async throws {
        let registry = SimulatedRegistry(flavour: .confluent, time: HostTime())
        registry.inject(.html)
        registry.inject(.status(503), times: 2)
        #expect((0..<4).map { _ in registry.arrival(of: "GET", "/") } == [.html, .status(503), .status(503), nil])
        #expect(registry.calls.count == 4)
    }
}

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

    @Test("faults are met in the order in which they were asked for, then calls are served")
    func faults() async throws {
        let registry = SimulatedRegistry(flavour: .confluent, time: HostTime())
        registry.inject(.html)
        registry.inject(.status(503), times: 2)
        #expect((0..<4).map { _ in registry.arrival(of: "GET", "/") } == [.html, .status(503), .status(503), nil])
        #expect(registry.calls.count == 4)
    }
}

import KafkaProtocol
import NIOSSL
import Testing

@testable import KafkaSimulator

@Suite("TLS listeners", .timeLimit(.minutes(2)))
struct TLSTests {
    static func configuration(mutual: Bool) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.tls = SimulatedTLS(
            certificatePEM: TestCertificates.broker, privateKeyPEM: TestCertificates.brokerKey,
            clientAuthoritiesPEM: mutual ? TestCertificates.authority : nil)
        return configuration
    }

    static func client(withCertificate: Bool) throws -> TLSConfiguration {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8)))
        if withCertificate {
            settings.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.client.utf8)).map { .certificate($0) }
            settings.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(TestCertificates.clientKey.utf8), format: .pem))
        }
        return settings
    }

    @Test("A client that trusts the authority is served; one that does not, or speaks plain text, is not")
    func verified() async throws {
        try await SocketTests.withCluster(Self.configuration(mutual: false)) { cluster in
            let port = try #require(cluster.port(of: 1))
            try await WireClient.connect(port: port, tls: try Self.client(withCertificate: false)) { client in
                let metadata = try await client.ask(MetadataRequest.all, version: 12)
                #expect(metadata.brokers.count == 1)
            }
            await #expect(throws: (any Error).self) {
                try await WireClient.connect(port: port, tls: .makeClientConfiguration()) { client in
                    _ = try await client.ask(MetadataRequest.all, version: 12)
                }
            }
            await #expect(throws: (any Error).self) {
                try await WireClient.connect(port: port) { client in _ = try await client.ask(MetadataRequest.all, version: 12) }
            }
        }
    }

    @Test("Mutual TLS: a client without a certificate is turned away", arguments: [true, false])
    func mutual(withCertificate: Bool) async throws {
        try await SocketTests.withCluster(Self.configuration(mutual: true)) { cluster in
            let port = try #require(cluster.port(of: 1))
            let ask: @Sendable () async throws -> Int = {
                try await WireClient.connect(port: port, tls: try Self.client(withCertificate: withCertificate)) { client in
                    try await client.ask(MetadataRequest.all, version: 12).brokers.count
                }
            }
            if withCertificate {
                let brokers = try await ask()
                #expect(brokers == 1)
            } else {
                await #expect(throws: (any Error).self) { _ = try await ask() }
            }
        }
    }
}
